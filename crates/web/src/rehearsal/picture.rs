//! The picture of one class: a lane for each record, time from left to right.
//!
//! Everything the picture shows stands in the table below it too. It needs no script; colours come from the page, and no
//! state is told by a colour alone.

use std::fmt::Write as _;

use jiff::{Span, Timestamp, tz::TimeZone};
use obhut_policy::notice::html::escape;

use super::lanes::{Class, Kind, Lane, Use};

/// Where the lanes begin and end, and how high one is, in units of the drawing.
const LEFT: f64 = 150.0;
const RIGHT: f64 = 760.0;
const WIDTH: f64 = 1000.0;
const LANE: f64 = 26.0;
const TOP: f64 = 30.0;

/// How strongly later times are drawn together: most happens in the first days, and the last date is years away.
const SQUEEZE: f64 = 0.42;

/// Time from left to right.
pub(super) struct Scale {
    from: Timestamp,
    to: Timestamp,
}

impl Scale {
    /// From the beginning of the rehearsal to the last thing that happens to the class.
    pub(super) fn of(start: Timestamp, class: &Class<'_>) -> Self {
        // What is anonymous stays for ever and says nothing any more: it does not stretch the picture.
        let named =
            |lane: &'_ &Lane| lane.spans.iter().filter(|span| span.use_ != Use::Anonymous).map(|span| span.to).max();
        let ends = class.lanes.iter().filter_map(|lane| named(&lane).max(lane.end.as_ref().map(|end| end.at)));
        let to = ends.chain(class.crowd.iter().map(|(at, _)| *at)).max().unwrap_or(start);
        Self { from: start, to: to.max(start) }
    }

    fn x(&self, at: Timestamp) -> f64 {
        let whole = seconds(self.from, self.to).max(1.0);
        let part = (seconds(self.from, at) / whole).clamp(0.0, 1.0);
        LEFT + (RIGHT - LEFT) * part.powf(SQUEEZE)
    }

    /// The instants that are named on the axis: a few, each far enough from the one before.
    fn ticks(&self, zone: &TimeZone) -> Vec<(f64, String)> {
        let steps = [
            Span::new(),
            Span::new().days(1),
            Span::new().weeks(1),
            Span::new().months(1),
            Span::new().months(6),
            Span::new().years(1),
            Span::new().years(2),
            Span::new().years(3),
            Span::new().years(5),
            Span::new().years(8),
            Span::new().years(10),
            Span::new().years(15),
            Span::new().years(20),
            Span::new().years(30),
        ];
        let start = self.from.to_zoned(zone.clone());
        let mut ticks: Vec<(f64, String)> = Vec::new();
        for step in steps {
            let Ok(at) = start.checked_add(step) else { continue };
            if at.timestamp() > self.to {
                break;
            }
            let x = self.x(at.timestamp());
            if ticks.last().is_none_or(|(last, _)| x - last > 74.0) {
                ticks.push((x, at.strftime("%Y-%m-%d").to_string()));
            }
        }
        ticks
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    from.duration_until(to).as_secs_f64()
}

/// The drawing of a class. `id` begins every id in it; `link` is where the sentence with an anchor stands.
pub(super) fn draw(
    class: &Class<'_>,
    scale: &Scale,
    zone: &TimeZone,
    id: &str,
    link: &dyn Fn(&str) -> (String, String),
) -> String {
    let crowd = usize::from(class.came > 0);
    let rows = class.lanes.len() + crowd;
    let height = TOP + LANE * f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) + 10.0;
    let mut svg = format!(
        "<svg class=\"lanes\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\">\n\
         <g role=\"img\" aria-labelledby=\"{id}.t {id}.d\">\n<title id=\"{id}.t\">{}: from coming in to the end</title>\n\
         <desc id=\"{id}.d\">{}</desc>\n",
        escape(class.name.as_str()),
        escape(&description(class, zone)),
    );
    for (x, day) in scale.ticks(zone) {
        let _ = writeln!(
            svg,
            "<line class=\"tick\" x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{height:.1}\"/><text class=\"tick\" x=\"{x:.1}\" y=\"14\">{day}</text>",
            TOP - 8.0
        );
    }
    // The links stand beside the picture, not in it: nobody who cannot see it would find them there.
    let mut links = String::new();
    let mut y = TOP;
    for lane in &class.lanes {
        draw_lane((&mut svg, &mut links), lane, scale, zone, y, link);
        y += LANE;
    }
    if class.came > 0 {
        draw_crowd(&mut svg, class, scale, y);
    }
    let _ = writeln!(svg, "</g>\n{links}</svg>");
    svg
}

fn draw_lane(
    (svg, links): (&mut String, &mut String),
    lane: &Lane,
    scale: &Scale,
    zone: &TimeZone,
    y: f64,
    link: &dyn Fn(&str) -> (String, String),
) {
    let middle = y + LANE / 2.0;
    let _ = writeln!(
        svg,
        "<text class=\"who\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        LEFT - 10.0,
        middle + 4.0,
        escape(&shortened(&lane.person))
    );
    for span in &lane.spans {
        let (from, to) = (scale.x(span.from), scale.x(span.to));
        let _ = writeln!(
            svg,
            "<rect class=\"{}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"12\"><title>{} {} – {}</title></rect>",
            name(span.use_),
            middle - 6.0,
            (to - from).max(2.0),
            word(span.use_),
            moment(span.from, zone),
            moment(span.to, zone)
        );
    }
    for mark in &lane.marks {
        let x = scale.x(mark.at);
        let title = format!("<title>{} {}</title>", moment(mark.at, zone), escape(&mark.what));
        let _ = match mark.kind {
            Kind::Event => writeln!(
                svg,
                "<circle class=\"mark-event\" cx=\"{x:.1}\" cy=\"{middle:.1}\" r=\"3.5\">{title}</circle>"
            ),
            Kind::Given | Kind::Withdrawn => {
                let class = if mark.kind == Kind::Given { "mark-given" } else { "mark-withdrawn" };
                let (top, bottom, left, right) = (middle - 6.0, middle + 6.0, x - 6.0, x + 6.0);
                writeln!(
                    svg,
                    "<path class=\"{class}\" d=\"M{x:.1} {top:.1}L{right:.1} {middle:.1}L{x:.1} {bottom:.1}L{left:.1} {middle:.1}Z\">{title}</path>"
                )
            }
            Kind::Anonymised => {
                writeln!(
                    svg,
                    "<rect class=\"mark-anonymised\" x=\"{:.1}\" y=\"{:.1}\" width=\"9\" height=\"9\">{title}</rect>",
                    x - 4.5,
                    middle - 4.5
                )
            }
        };
    }
    let after = lane.spans.last().map_or(scale.x(lane.came), |span| scale.x(span.to));
    match &lane.end {
        Some(end) => {
            let x = scale.x(end.at);
            let (href, sentence) = link(end.anchor.as_str());
            let _ = writeln!(
                svg,
                "<line class=\"end\" x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\"/>",
                middle - 9.0,
                middle + 9.0,
            );
            let _ = writeln!(
                links,
                "<a href=\"{href}\"><title>{} {}: {}</title><text class=\"why\" x=\"{:.1}\" y=\"{:.1}\">{}</text></a>",
                moment(end.at, zone),
                end.why,
                escape(&sentence),
                after.max(x) + 8.0,
                middle + 4.0,
                escape(end.anchor.as_str()),
            );
        }
        None => {
            let _ = writeln!(
                svg,
                "<text class=\"still\" x=\"{:.1}\" y=\"{:.1}\">→ still there</text>",
                after + 8.0,
                middle + 4.0
            );
        }
    }
}

/// The invented people as one step curve: how many have data of this class.
fn draw_crowd(svg: &mut String, class: &Class<'_>, scale: &Scale, y: f64) {
    let most = class.crowd.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
    let bottom = y + LANE - 4.0;
    let level = |count: usize| {
        let (count, most) = (u32::try_from(count).unwrap_or(u32::MAX), u32::try_from(most).unwrap_or(u32::MAX));
        bottom - (LANE - 10.0) * f64::from(count) / f64::from(most)
    };
    let first = class.crowd.first().map_or(LEFT, |(at, _)| scale.x(*at));
    let mut path = format!("M{first:.1} {bottom:.1}");
    let mut height = bottom;
    // Points that fall on one another are drawn once.
    let mut drawn = f64::MIN;
    for (at, count) in &class.crowd {
        let x = scale.x(*at);
        let next = level(*count);
        if x - drawn < 0.5 && class.crowd.last().is_some_and(|(last, _)| last != at) {
            continue;
        }
        let _ = write!(path, "L{x:.1} {height:.1}L{x:.1} {next:.1}");
        height = next;
        drawn = x;
    }
    let last = class.crowd.last().map_or(LEFT, |(at, _)| scale.x(*at));
    let _ = writeln!(
        svg,
        "<text class=\"who\" x=\"{:.1}\" y=\"{:.1}\">invented</text><path class=\"crowd\" d=\"{path}L{last:.1} {bottom:.1}Z\">\
         <title>{} invented people, at most {most} at once</title></path>\
         <text class=\"why\" x=\"{:.1}\" y=\"{:.1}\">{} came, {} gone</text>",
        LEFT - 10.0,
        bottom - 4.0,
        class.came,
        last + 8.0,
        bottom - 4.0,
        class.came,
        class.gone,
    );
}

/// What the picture shows, in two sentences.
fn description(class: &Class<'_>, zone: &TimeZone) -> String {
    let ended = class.lanes.iter().filter(|lane| lane.end.is_some()).count();
    let last = class.lanes.iter().filter_map(|lane| lane.end.as_ref()).map(|end| end.at).max();
    let last = last.map_or_else(String::new, |at| format!(" The last one ends on {}.", moment(at, zone)));
    let crowd = if class.came > 0 {
        format!(" {} invented people came, {} are gone.", class.came, class.gone)
    } else {
        String::new()
    };
    format!(
        "{} records of declared people, {ended} of them ended.{last}{crowd} The table below has the same facts.",
        class.lanes.len()
    )
}

/// An instant, to the minute.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// What held, in words.
pub(super) const fn word(use_: Use) -> &'static str {
    match use_ {
        Use::Active => "used for its purposes",
        Use::Restricted => "restricted",
        Use::OnConsent => "kept on consent",
        Use::Held => "held",
        Use::Anonymous => "anonymous",
    }
}

const fn name(use_: Use) -> &'static str {
    match use_ {
        Use::Active => "active",
        Use::Restricted => "restricted",
        Use::OnConsent => "on-consent",
        Use::Held => "held",
        Use::Anonymous => "anonymous",
    }
}

fn shortened(person: &str) -> String {
    if person.chars().count() <= 20 { person.to_owned() } else { person.chars().take(19).chain(['…']).collect() }
}

/// The signs of the pictures, and the patterns they are filled with.
pub(super) fn legend() -> String {
    let rect = |class: &str| {
        format!(
            "<svg viewBox=\"0 0 30 14\" width=\"30\" height=\"14\" aria-hidden=\"true\"><rect class=\"{class}\" x=\"1\" y=\"1\" width=\"28\" height=\"12\"/></svg>"
        )
    };
    let sign = |inner: &str| {
        format!("<svg viewBox=\"0 0 14 14\" width=\"14\" height=\"14\" aria-hidden=\"true\">{inner}</svg>")
    };
    let entries = [
        (rect("active"), "used for its purposes"),
        (rect("restricted"), "restricted, or for one purpose only"),
        (rect("on-consent"), "kept on consent"),
        (rect("held"), "held by a statute or a dispute"),
        (rect("anonymous"), "anonymous"),
        (sign("<circle class=\"mark-event\" cx=\"7\" cy=\"7\" r=\"3.5\"/>"), "event"),
        (sign("<path class=\"mark-given\" d=\"M7 1L13 7L7 13L1 7Z\"/>"), "consent given"),
        (
            sign("<path class=\"mark-withdrawn\" d=\"M7 1L13 7L7 13L1 7Z\"/>"),
            "consent withdrawn, refused or to be confirmed",
        ),
        (sign("<rect class=\"mark-anonymised\" x=\"2.5\" y=\"2.5\" width=\"9\" height=\"9\"/>"), "anonymised"),
        (sign("<line class=\"end\" x1=\"7\" y1=\"0\" x2=\"7\" y2=\"14\"/>"), "end, with the sentence of the notice"),
    ];
    let entries = entries.iter().map(|(sign, text)| format!("<li>{sign} {text}</li>"));
    format!(
        "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\
         <pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\"/></pattern>\
         <pattern id=\"dots\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><circle cx=\"2.5\" cy=\"2.5\" r=\"1.2\"/></pattern>\
         <pattern id=\"bars\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><line x1=\"2.5\" y1=\"0\" x2=\"2.5\" y2=\"5\"/></pattern>\
         </defs></svg>\n<ul class=\"legend\">{}</ul>\n",
        entries.collect::<String>()
    )
}
