//! The report of one or several rehearsals as one page: what was promised and what came of it, and when every record came
//! and went, by which sentence of the notice. It needs no script and asks nothing of anybody.

use std::{collections::BTreeSet, fmt::Write as _};

use obhut_core::{
    id::Anchor,
    model::{Lang, Model},
    promise::State,
};
use obhut_engine::{promises::Promise, rehearse::Report};
use obhut_policy::notice::{
    self,
    html::{self, escape},
};

use super::{
    lanes::{self, Class, Lane},
    picture::{self, Scale, moment},
};

const STYLE: &str = include_str!("report.css");

/// A rehearsal that was played.
pub struct Rehearsed<'a> {
    /// The published policy.
    pub model: &'a Model,
    /// Its promises.
    pub promises: &'a [Promise],
    /// What came of them.
    pub report: &'a Report,
    /// How many seconds it took.
    pub seconds: f64,
}

/// How many promises are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Kept.
    pub kept: usize,
    /// Broken.
    pub broken: usize,
    /// Unproven.
    pub unproven: usize,
}

impl Counts {
    /// Of one rehearsal.
    pub fn of(promises: &[Promise], report: &Report) -> Self {
        let mut counts = Self::default();
        for standing in promises.iter().filter_map(|promise| report.promises.get(&promise.id)) {
            match standing.state {
                State::Kept => counts.kept += 1,
                State::Broken => counts.broken += 1,
                State::Unproven => counts.unproven += 1,
            }
        }
        counts
    }

    /// Of two together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            kept: self.kept + other.kept,
            broken: self.broken + other.broken,
            unproven: self.unproven + other.unproven,
        }
    }

    /// All of them.
    pub const fn total(self) -> usize {
        self.kept + self.broken + self.unproven
    }
}

/// The page.
pub fn page(rehearsed: &[Rehearsed<'_>]) -> String {
    let names: Vec<&str> = rehearsed.iter().map(|one| one.model.policy.id.as_str()).collect();
    let title = format!("Rehearsal: {}", names.join(", "));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{}{STYLE}</style>\n\
         </head>\n<body>\n<main>\n<article class=\"notice report\">\n<header><h1>Rehearsal</h1>\n\
         <p class=\"intro\">Each policy was run on a virtual clock to the last due date of its invented people. Every promise \
         was checked at every instant at which it could have broken.</p></header>\n",
        html::STYLE,
        title = escape(&title),
    );
    closing(&mut out, rehearsed);
    out.push_str("<h2>How to read the pictures</h2>\n");
    out.push_str(&picture::legend());
    for one in rehearsed {
        deployment(&mut out, one);
    }
    out.push_str("</article>\n</main>\n</body>\n</html>\n");
    out
}

/// The table over all: it stands first, because it is what one looks for.
fn closing(out: &mut String, rehearsed: &[Rehearsed<'_>]) {
    out.push_str(
        "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"all\"><table>\n<caption id=\"all\">All promises</caption>\n<thead><tr>\
         <th scope=\"col\">Policy</th><th scope=\"col\">Version</th><th scope=\"col\" class=\"count\">Kept</th>\
         <th scope=\"col\" class=\"count\">Broken</th><th scope=\"col\" class=\"count\">Unproven</th>\
         <th scope=\"col\" class=\"count\">Promises</th><th scope=\"col\" class=\"count\">People</th>\
         <th scope=\"col\" class=\"count\">Instants</th><th scope=\"col\">Until</th><th scope=\"col\" class=\"count\">Seconds</th>\
         </tr></thead>\n<tbody>\n",
    );
    let mut all = Counts::default();
    let (mut people, mut instants, mut seconds) = (0, 0, 0.0);
    for one in rehearsed {
        let counts = Counts::of(one.promises, one.report);
        all = all.and(counts);
        people += one.report.people;
        instants += one.report.instants;
        seconds += one.seconds;
        let id = escape(&one.model.policy.id);
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\"><a href=\"#{id}\">{id}</a></th><td>{}</td>{}<td class=\"count\">{}</td><td class=\"count\">{}</td>\
             <td class=\"nowrap\">{}</td><td class=\"count\">{:.1}</td></tr>",
            escape(&one.model.policy.version),
            cells(counts),
            one.report.people,
            one.report.instants,
            one.report.ended.to_zoned(one.model.policy.zone.clone()).strftime("%Y-%m-%d"),
            one.seconds,
        );
    }
    let _ = writeln!(
        out,
        "</tbody>\n<tfoot><tr><th scope=\"row\">Together</th><td></td>{}<td class=\"count\">{people}</td>\
         <td class=\"count\">{instants}</td><td></td><td class=\"count\">{seconds:.1}</td></tr></tfoot>\n</table></div>",
        cells(all),
    );
}

fn cells(counts: Counts) -> String {
    [counts.kept, counts.broken, counts.unproven, counts.total()]
        .iter()
        .map(|count| format!("<td class=\"count\">{count}</td>"))
        .collect::<Vec<_>>()
        .concat()
}

fn deployment(out: &mut String, one: &Rehearsed<'_>) {
    let id = escape(&one.model.policy.id);
    let _ = writeln!(
        out,
        "<section id=\"{id}\" aria-labelledby=\"{id}.title\">\n<h2 id=\"{id}.title\">{id} {}</h2>",
        escape(&one.model.policy.version)
    );
    promises(out, one);
    let classes = lanes::classes(one.model, one.report);
    let mut anchors = BTreeSet::new();
    let _ = writeln!(
        out,
        "<h3>From coming in to the end</h3>\n<p>One picture for each class of data, one lane for each record of a declared \
         person. Later years are drawn closer together.</p>",
    );
    let start = one.report.timeline.first().map_or(one.report.ended, |moment| moment.at);
    for (audience, declared) in &one.model.audiences {
        let own: Vec<&Class<'_>> = classes
            .iter()
            .filter(|class| one.model.data.get(class.name).is_some_and(|c| c.audience == *audience))
            .collect();
        if own.is_empty() {
            continue;
        }
        let _ = writeln!(out, "<h3>{}</h3>", escape(&capital(declared.label.get(Lang::En))));
        for class in own {
            anchors.extend(class.lanes.iter().filter_map(|lane| lane.end.as_ref()).map(|end| end.anchor.clone()));
            class_part(out, one, class, start);
        }
    }
    sentences(out, one, &anchors);
    out.push_str("</section>\n");
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn promises(out: &mut String, one: &Rehearsed<'_>) {
    let counts = Counts::of(one.promises, one.report);
    let id = escape(&one.model.policy.id);
    let _ = writeln!(
        out,
        "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"{id}.promises\"><table class=\"promises\">\n<caption id=\"{id}.promises\">{} kept, {} broken, \
         {} unproven of {} promises</caption>\n<thead><tr><th scope=\"col\">Promise</th><th scope=\"col\">State</th>\
         <th scope=\"col\">What is promised, and what was seen</th></tr></thead>\n<tbody>",
        counts.kept,
        counts.broken,
        counts.unproven,
        counts.total(),
    );
    for promise in one.promises {
        let Some(standing) = one.report.promises.get(&promise.id) else { continue };
        let (class, word) = match standing.state {
            State::Kept => ("state-kept", "kept"),
            State::Broken => ("state-broken", "broken"),
            State::Unproven => ("state-unproven", "unproven"),
        };
        let _ = writeln!(
            out,
            "<tr id=\"{0}\"><td>{0}</td><td><span class=\"state {class}\">{1} {word}</span></td><td>{2}<span class=\"evidence\">{3}</span></td></tr>",
            escape(&promise.id),
            html::mark(standing.state),
            escape(&promise.text.en),
            escape(&standing.evidence),
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
}

/// The picture of one class, and the same facts as a table.
fn class_part(out: &mut String, one: &Rehearsed<'_>, class: &Class<'_>, start: jiff::Timestamp) {
    let zone = &one.model.policy.zone;
    let of = escape(&one.model.policy.id);
    let id = format!("{of}.data.{}", escape(class.name.as_str()));
    let label = one.model.data.get(class.name).map_or("", |class| class.label.get(Lang::En));
    let link = |anchor: &str| {
        let sentence = sentence(one.model, &Anchor::from(anchor));
        (format!("#{of}.{}", escape(anchor)), sentence)
    };
    let scale = Scale::of(start, class);
    let drawing = picture::draw(class, &scale, zone, &id, &link);
    let _ = writeln!(
        out,
        "<h4 id=\"{id}\">{} <span class=\"label\">{}</span></h4>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"{id}\">\n{drawing}</div>",
        escape(class.name.as_str()),
        escape(label),
    );
    let _ = writeln!(
        out,
        "<details><summary>The same as a table</summary>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"{id}.table\"><table>\n\
         <caption id=\"{id}.table\">{}</caption><thead><tr><th scope=\"col\">Person</th><th scope=\"col\">Came in</th>\
         <th scope=\"col\">What happened and held</th><th scope=\"col\">End</th><th scope=\"col\">By which sentence</th></tr></thead>\n<tbody>",
        escape(class.name.as_str()),
    );
    for lane in &class.lanes {
        row(out, lane, zone, &link);
    }
    if class.came > 0 {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">invented</th><td>{} people</td><td></td><td>{} gone</td><td></td></tr>",
            class.came, class.gone
        );
    }
    out.push_str("</tbody></table></div></details>\n");
}

fn row(out: &mut String, lane: &Lane, zone: &jiff::tz::TimeZone, link: &dyn Fn(&str) -> (String, String)) {
    let mut lines: Vec<(jiff::Timestamp, String)> =
        lane.marks.iter().map(|mark| (mark.at, escape(&mark.what))).collect();
    let held = lane.spans.iter().filter(|span| span.use_ != lanes::Use::Active);
    lines.extend(held.map(|span| (span.from, format!("{} until {}", picture::word(span.use_), moment(span.to, zone)))));
    lines.sort_by_key(|(at, _)| *at);
    let lines: Vec<_> = lines.iter().map(|(at, what)| format!("{} {what}<br>", moment(*at, zone))).collect();
    let lines = lines.concat();
    let (end, by) = match &lane.end {
        None => ("still there".to_owned(), String::new()),
        Some(end) => {
            let (href, sentence) = link(end.anchor.as_str());
            let by = format!("<a href=\"{href}\">{}</a>: {}", escape(end.anchor.as_str()), escape(&sentence));
            (format!("{} {}", moment(end.at, zone), end.why), by)
        }
    };
    let _ = writeln!(
        out,
        "<tr><th scope=\"row\">{}</th><td class=\"nowrap\">{}</td><td>{lines}</td><td>{end}</td><td>{by}</td></tr>",
        escape(&lane.person),
        moment(lane.came, zone),
    );
}

/// The sentence of the notice with this anchor.
fn sentence(model: &Model, anchor: &Anchor) -> String {
    notice::sentence(model, anchor, Lang::En).unwrap_or_else(|| "the notice has no such sentence".to_owned())
}

/// The sentences by which records ended, with the way to them in the published notice.
fn sentences(out: &mut String, one: &Rehearsed<'_>, anchors: &BTreeSet<Anchor>) {
    if anchors.is_empty() {
        return;
    }
    let of = escape(&one.model.policy.id);
    out.push_str("<h3>The sentences of the notice</h3>\n<dl class=\"sentences\">\n");
    for anchor in anchors {
        let name = escape(anchor.as_str());
        let _ = writeln!(
            out,
            "<dt id=\"{of}.{name}\"><a href=\"{}#{name}\">{name}</a></dt><dd>{}</dd>",
            escape(&one.model.policy.notice_url),
            escape(&sentence(one.model, anchor)),
        );
    }
    out.push_str("</dl>\n");
}
