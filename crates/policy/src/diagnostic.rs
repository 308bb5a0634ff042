//! Findings: what is wrong, where, why, and how to put it right.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, renderer::DecorStyle};
use serde::Serialize;

use crate::source::{Lines, Source, Sources};

/// How many findings are reported at most; a last one says how many there are beyond.
pub const MOST: usize = 200;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The policy does not run.
    Error,
    /// The policy runs, but probably says something other than what is meant or lawful.
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// A stable short name of the kind of finding.
    pub code: &'static str,
    /// What is wrong, as one sentence.
    pub message: String,
    /// The place in [`Sources`] of the file.
    pub source: usize,
    /// The offending text, as bytes of the file.
    pub span: Range<usize>,
    /// What stands beside the underlined text.
    pub label: String,
    /// How to put it right.
    pub help: Option<String>,
    /// The article or ruling from which it follows.
    pub article: Option<String>,
}

/// A stretch of text in one of the files.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Place {
    /// Which file.
    pub(crate) source: usize,
    /// Which bytes.
    pub(crate) span: Range<usize>,
}

impl Diagnostic {
    pub(crate) fn error(code: &'static str, place: &Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, place, message.into())
    }

    pub(crate) fn warning(code: &'static str, place: &Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, place, message.into())
    }

    fn new(severity: Severity, code: &'static str, place: &Place, message: String) -> Self {
        Self {
            severity,
            code,
            message,
            source: place.source,
            span: place.span.clone(),
            label: String::new(),
            help: None,
            article: None,
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    pub(crate) fn article(mut self, article: impl Into<String>) -> Self {
        self.article = Some(article.into());
        self
    }
}

/// Puts findings in the order of the text and cuts the list at [`MOST`].
pub(crate) fn arrange(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (a.source, a.span.start, a.span.end, a.severity).cmp(&(b.source, b.span.start, b.span.end, b.severity))
    });
    diagnostics.dedup();
    if diagnostics.len() > MOST {
        let rest = diagnostics.split_off(MOST);
        let severity = rest.iter().map(|rest| rest.severity).min().unwrap_or(Severity::Warning);
        let place = diagnostics.last().map(|last| Place { source: last.source, span: last.span.end..last.span.end });
        diagnostics.push(
            Diagnostic::new(
                severity,
                "too-many-findings",
                &place.unwrap_or_default(),
                format!("{} more findings are not shown", rest.len()),
            )
            .help("mend the ones above first; many of the others probably follow from them"),
        );
    }
}

/// The findings as people read them: each with its place underlined, then how many there are.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    let lines = lines_of(diagnostics, sources);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&[group(diagnostic, sources, &lines)]));
        text.push_str("\n\n");
    }
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let counted = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }))
        .collect::<Vec<_>>();
    if !counted.is_empty() {
        text.push_str(&counted.join(", "));
        text.push('\n');
    }
    text
}

/// The lines of every file that has findings, as far as they go.
fn lines_of<'s>(diagnostics: &[Diagnostic], sources: &'s Sources) -> Vec<Option<Lines<'s>>> {
    let last = |index| {
        let found = diagnostics.iter().filter(|diagnostic| diagnostic.source == index);
        found.map(|diagnostic| diagnostic.span.end).max()
    };
    sources.0.iter().enumerate().map(|(index, source)| Some(Lines::up_to(source, last(index)?))).collect()
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources, lines: &[Option<Lines<'_>>]) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group =
        level.primary_title(diagnostic.message.as_str()).id(diagnostic.code).elements([] as [Origin<'_>; 0]);
    let lines = lines.get(diagnostic.source).and_then(Option::as_ref);
    if let (Some(source), Some(lines)) = (sources.0.get(diagnostic.source), lines) {
        let excerpt = Excerpt::of(source, lines, &diagnostic.span);
        if excerpt.whole_lines {
            group = group.element(
                Snippet::source(excerpt.text)
                    .line_start(excerpt.line)
                    .path(source.name.as_str())
                    .annotation(AnnotationKind::Primary.span(excerpt.span).label(diagnostic.label.as_str())),
            );
        } else {
            let (line, column) = lines.position(diagnostic.span.start);
            group = group.element(Origin::path(source.name.as_str()).line(line).char_column(column)).element(
                Snippet::source(excerpt.text)
                    .line_start(excerpt.line)
                    .annotation(AnnotationKind::Primary.span(excerpt.span).label(diagnostic.label.as_str())),
            );
        }
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    if let Some(article) = &diagnostic.article {
        group = group.element(Level::NOTE.message(article.as_str()));
    }
    group
}

/// The lines around a span, or only a part of the line if it is very long: drawing the whole file for each finding
/// would make a large file slow and a line of a megabyte unreadable.
struct Excerpt<'a> {
    text: &'a str,
    line: usize,
    span: Range<usize>,
    whole_lines: bool,
}

impl<'a> Excerpt<'a> {
    const LONGEST: usize = 400;

    fn of(source: &'a Source, lines: &Lines<'_>, span: &Range<usize>) -> Self {
        let text = source.text.as_str();
        let start = source.boundary(span.start);
        let end = source.boundary(span.end).max(start);
        let (line, line_start) = lines.line(start);
        // A span over several lines is drawn by its first line.
        let line_end = text.get(start..).and_then(|from| from.find('\n')).map_or(text.len(), |length| start + length);
        let end = end.min(line_end);
        let whole_lines = line_end - line_start <= Self::LONGEST;
        let (from, to) = if whole_lines {
            (line_start, line_end)
        } else {
            let from = line_start.max(source.boundary(start.saturating_sub(Self::LONGEST / 4)));
            (from, line_end.min(source.boundary(end.min(start + Self::LONGEST / 2) + Self::LONGEST / 4)))
        };
        let end = end.min(to);
        Self { text: text.get(from..to).unwrap_or_default(), line, span: start - from..end - from, whole_lines }
    }
}

/// The findings as one JSON array: the fields of [`Diagnostic`], with the file's name, and line and column (from 1) of
/// where the offending text starts and ends.
pub fn to_json(diagnostics: &[Diagnostic], sources: &Sources) -> serde_json::Value {
    #[derive(Serialize)]
    struct Placed<'a> {
        #[serde(flatten)]
        diagnostic: &'a Diagnostic,
        file: &'a str,
        line: usize,
        column: usize,
        end_line: usize,
        end_column: usize,
    }
    let lines = lines_of(diagnostics, sources);
    diagnostics
        .iter()
        .map(|diagnostic| {
            let source = sources.0.get(diagnostic.source);
            let lines = lines.get(diagnostic.source).and_then(Option::as_ref);
            let at = |offset| lines.map_or((1, 1), |lines| lines.position(offset));
            let (line, column) = at(diagnostic.span.start);
            let (end_line, end_column) = at(diagnostic.span.end);
            let file = source.map_or("", |source| source.name.as_str());
            serde_json::to_value(Placed { diagnostic, file, line, column, end_line, end_column }).unwrap_or_default()
        })
        .collect()
}
