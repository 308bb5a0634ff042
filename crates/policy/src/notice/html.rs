//! The notice as HTML: the annotated document.
//!
//! Every text is escaped, every id is an anchor, and each promise stands in one element together with the annotation
//! that says whether it is kept. States are a mark and a word, never a colour alone. For print the annotations become
//! footnotes.

use obhut_core::{id::Anchor, model::Lang, promise::State};

use super::{Item, Notice, Section, table};

/// What stands in the margin beside a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Its state; decides the mark.
    pub state: State,
    /// The state in a word: "kept".
    pub word: String,
    /// One line of evidence.
    pub evidence: String,
    /// More lines, shown on demand.
    pub detail: Vec<String>,
    /// Where the proof is.
    pub href: Option<String>,
}

/// The style sheet of [`page`].
pub const STYLE: &str = include_str!("style.css");

/// A notice without annotations.
pub fn plain(_: &Anchor) -> Option<Annotation> {
    None
}

/// The complete document: no script, no request to anywhere.
pub fn page(notice: &Notice, annotate: &dyn Fn(&Anchor) -> Option<Annotation>) -> String {
    document(notice.lang, &notice.title, "", &body(notice, annotate))
}

/// A complete page around a body, with rules of its own after those of [`STYLE`].
pub(crate) fn document(lang: Lang, title: &str, style: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{STYLE}{style}</style>\n\
         </head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        lang = lang.tag(),
        title = escape(title),
    )
}

/// The notice as one `article`.
pub fn body(notice: &Notice, annotate: &dyn Fn(&Anchor) -> Option<Annotation>) -> String {
    let mut page = Page { out: String::new(), notes: Vec::new(), annotate, lang: notice.lang };
    page.put(&format!("<article class=\"notice\" lang=\"{}\">\n<header>\n<h1>", notice.lang.tag()));
    page.text(&notice.title);
    page.put("</h1>\n<dl class=\"meta\">\n");
    for (label, value) in notice.head() {
        page.put("<div><dt>");
        page.text(label);
        page.put("</dt><dd>");
        page.linked(&value);
        page.put("</dd></div>\n");
    }
    page.put("</dl>\n</header>\n");
    for paragraph in &notice.intro {
        page.put("<p class=\"intro\">");
        page.text(paragraph);
        page.put("</p>\n");
    }
    page.summary(notice);
    page.contents(notice);
    for section in &notice.sections {
        page.section(section);
    }
    page.footnotes();
    page.put("</article>\n");
    page.out
}

pub(super) struct Page<'a> {
    out: String,
    /// The annotations so far, as footnotes for print.
    notes: Vec<String>,
    pub(super) annotate: &'a dyn Fn(&Anchor) -> Option<Annotation>,
    lang: Lang,
}

impl Page<'_> {
    pub(super) fn put(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        let text = escape(text);
        self.out.push_str(&text);
    }

    pub(super) fn linked(&mut self, text: &str) {
        let text = linked(text);
        self.out.push_str(&text);
    }

    fn summary(&mut self, notice: &Notice) {
        let Some(summary) = &notice.summary else { return };
        self.put("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"notice.summary\">\n");
        self.put("<table class=\"summary\">\n<caption id=\"notice.summary\">");
        self.text(&summary.caption);
        self.put("</caption>\n<thead><tr>");
        for head in &summary.heads {
            self.put("<th scope=\"col\">");
            self.text(head);
            self.put("</th>");
        }
        self.put("</tr></thead>\n<tbody>\n");
        for row in &summary.rows {
            self.put("<tr>");
            for (index, cells) in row.iter().enumerate() {
                let close = if index == 0 { "</th>" } else { "</td>" };
                if index == 0 {
                    self.put("<th scope=\"row\">");
                } else {
                    let head = summary.heads.get(index).map_or_else(String::new, |head| escape(head));
                    self.put(&format!("<td data-head=\"{head}\">"));
                }
                if let [cell] = cells.as_slice() {
                    self.cell(cell);
                } else if !cells.is_empty() {
                    self.put("<ul>");
                    for cell in cells {
                        self.put("<li>");
                        self.cell(cell);
                        self.put("</li>");
                    }
                    self.put("</ul>");
                }
                self.put(close);
            }
            self.put("</tr>\n");
        }
        self.put("</tbody>\n</table>\n</div>\n");
    }

    fn cell(&mut self, cell: &super::Cell) {
        let anchor = escape(cell.anchor.as_str());
        self.put(&format!("<a href=\"#{anchor}\">"));
        self.text(&cell.text);
        self.put("</a>");
    }

    fn contents(&mut self, notice: &Notice) {
        let (label, word) = if self.lang == Lang::De { ("Inhalt", "Inhalt") } else { ("Contents", "Contents") };
        self.put(&format!(
            "<nav class=\"contents\" aria-label=\"{label}\">\n<details><summary>{word}</summary>\n<ol>\n"
        ));
        for section in &notice.sections {
            let anchor = escape(section.anchor.as_str());
            self.put(&format!("<li><a href=\"#{anchor}\">"));
            self.text(&section.title);
            self.put("</a></li>\n");
        }
        self.put("</ol>\n</details>\n</nav>\n");
    }

    fn section(&mut self, section: &Section) {
        let id = escape(section.anchor.as_str());
        self.put(&format!("<section id=\"{id}\" aria-labelledby=\"{id}.title\">\n<h2 id=\"{id}.title\">"));
        self.put(&format!("<span class=\"number\">{}</span> ", section.number));
        self.text(&section.title);
        self.put("</h2>\n");
        if let Some(lead) = &section.lead {
            // The section itself has the id: the sentence stands for all of it.
            self.promise(&section.anchor, false, "", None, lead);
        }
        let numbered: Vec<(String, &Item)> = section
            .items
            .iter()
            .zip(1..)
            .map(|(item, number)| (format!("{}.{number}", section.number), item))
            .collect();
        for run in numbered.chunk_by(|(_, one), (_, other)| table::same(one, other)) {
            if run.len() >= table::LEAST && run.iter().all(|(_, item)| !item.facts.is_empty()) {
                table::put(self, section, run);
            } else {
                for (number, item) in run {
                    self.promise(&item.anchor, true, number, item.term.as_deref(), &item.text);
                }
            }
        }
        self.put("</section>\n");
    }

    fn promise(&mut self, anchor: &Anchor, with_id: bool, number: &str, term: Option<&str>, text: &str) {
        let annotation = (self.annotate)(anchor);
        let state = annotation.as_ref().map_or("", |annotation| class(annotation.state));
        let id = if with_id { format!(" id=\"{}\"", escape(anchor.as_str())) } else { String::new() };
        let space = if state.is_empty() { "" } else { " " };
        self.put(&format!("<div class=\"promise{space}{state}\"{id}>\n<p>"));
        if !number.is_empty() {
            let target = escape(anchor.as_str());
            self.put(&format!("<a class=\"number\" href=\"#{target}\">{number}</a> "));
        }
        if let Some(term) = term {
            self.put("<strong>");
            self.text(term);
            self.put("</strong> ");
        }
        self.linked(text);
        self.note(annotation.as_ref());
        self.put("</p>\n");
        if let Some(annotation) = &annotation {
            self.annotation(annotation);
        }
        self.put("</div>\n");
    }

    /// The number of the footnote that says in print what the annotation says beside the text.
    pub(super) fn note(&mut self, annotation: Option<&Annotation>) {
        let Some(annotation) = annotation else { return };
        self.notes.push(format!(
            "{} {}: {}",
            mark(annotation.state),
            escape(&annotation.word),
            escape(&annotation.evidence)
        ));
        let count = self.notes.len();
        self.put(&format!("<sup class=\"note\" aria-hidden=\"true\">{count}</sup>"));
    }

    pub(super) fn annotation(&mut self, annotation: &Annotation) {
        let state = class(annotation.state);
        self.put(&format!("<aside class=\"annotation {state}\">\n"));
        let head = format!(
            "{} <b>{}</b> <span class=\"evidence\">{}</span>",
            mark(annotation.state),
            escape(&annotation.word),
            escape(&annotation.evidence)
        );
        let href = annotation.href.as_deref().filter(|href| is_safe(href));
        if annotation.detail.is_empty() && href.is_none() {
            self.put(&format!("<p>{head}</p>\n"));
        } else {
            self.put(&format!("<details><summary>{head}</summary>\n"));
            if !annotation.detail.is_empty() {
                self.put("<ul>");
                for line in &annotation.detail {
                    self.put("<li>");
                    self.text(line);
                    self.put("</li>");
                }
                self.put("</ul>\n");
            }
            if let Some(href) = href {
                let word = if self.lang == Lang::De { "Nachweis" } else { "Proof" };
                let href = escape(href);
                self.put(&format!("<p><a href=\"{href}\">{word}</a></p>\n"));
            }
            self.put("</details>\n");
        }
        self.put("</aside>\n");
    }

    fn footnotes(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        let title = if self.lang == Lang::De { "Stand der Zusagen" } else { "State of the promises" };
        self.put(&format!("<section class=\"footnotes\" aria-hidden=\"true\">\n<h2>{title}</h2>\n<ol>\n"));
        for note in std::mem::take(&mut self.notes) {
            self.put(&format!("<li>{note}</li>\n"));
        }
        self.put("</ol>\n</section>\n");
    }
}

pub(super) fn class(state: State) -> &'static str {
    match state {
        State::Kept => "state-kept",
        State::Broken => "state-broken",
        State::Unproven => "state-unproven",
    }
}

/// The mark of a state. The word beside it says the same, so it is hidden from screen readers.
pub fn mark(state: State) -> &'static str {
    match state {
        State::Kept => {
            "<svg class=\"mark\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
             <path d=\"M3 8.5l3.2 3.2L13 4.8\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/></svg>"
        }
        State::Broken => {
            "<svg class=\"mark\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
             <path d=\"M4 4l8 8M12 4l-8 8\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/></svg>"
        }
        State::Unproven => {
            "<svg class=\"mark\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
             <circle cx=\"8\" cy=\"8\" r=\"5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/></svg>"
        }
    }
}

/// A link that leads to a page of ours or to a secure one, never to a script.
pub(crate) fn is_safe(href: &str) -> bool {
    href.starts_with("https://") || href.starts_with('#') || (href.starts_with('/') && !href.starts_with("//"))
}

/// A text in which addresses are links and citations do not break.
pub(crate) fn linked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for word in text.split(' ') {
        if let Some(before) = before {
            out.push(if binds(before, word) { '\u{a0}' } else { ' ' });
        }
        before = Some(word);
        let bare = word.trim_end_matches(['.', ',', ';', ':', ')']);
        let rest = word.strip_prefix(bare).unwrap_or_default();
        let target = if bare.starts_with("https://") {
            Some(bare.to_owned())
        } else if is_mail_address(bare) {
            Some(format!("mailto:{bare}"))
        } else {
            None
        };
        match target {
            Some(target) => {
                let (target, bare, rest) = (escape(&target), escape(bare), escape(rest));
                out.extend(["<a href=\"", &target, "\">", &bare, "</a>", &rest]);
            }
            None => out.push_str(&escape(word)),
        }
    }
    out
}

/// Whether a line must not break between two words: "Art. 6", "§ 147".
fn binds(before: &str, word: &str) -> bool {
    match before.trim_start_matches('(') {
        "Art." | "Abs." | "Nr." | "§" | "§§" | "Article" | "section" => {
            word.starts_with(|letter: char| letter.is_ascii_digit())
        }
        "Buchst." => true,
        _ => false,
    }
}

fn is_mail_address(word: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-_+".contains(letter))
    };
    word.split_once('@').is_some_and(|(local, domain)| plain(local) && plain(domain) && domain.contains('.'))
}

/// The text with everything that HTML could read as markup replaced; safe in elements and in quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
