//! The TOML of all files as one tree with places, in the order of the text.

use std::ops::Range;

use indexmap::{IndexMap, map::Entry as Slot};
use jiff::civil::Date;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    diagnostic::{Diagnostic, Place},
    source::{Lines, Sources},
};

/// A table, in the order of the text.
pub(super) type Table = IndexMap<String, Entry>;

/// A key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    /// Where the key stands.
    pub(super) key: Place,
    /// Its value.
    pub(super) node: Node,
}

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
    /// Whether a string is written without escapes on one line, so that its bytes are those of the text between the
    /// quotation marks.
    pub(super) verbatim: bool,
}

/// A TOML value, as far as the format uses it.
#[derive(Debug)]
pub(super) enum Value {
    String(String),
    Integer(i64),
    Boolean(bool),
    Date(Date),
    Array(Vec<Node>),
    Table(Table),
    /// Something the format has no use for, with its name.
    Other(&'static str),
}

impl Value {
    /// What it is, for people.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::String(_) => "a text",
            Self::Integer(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::Date(_) => "a date",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}

/// Tables that hold one entry per name; of all others there is one.
pub(super) const COLLECTIONS: [&str; 18] = [
    "jurisdiction",
    "word",
    "audience",
    "data",
    "purpose",
    "consent",
    "event",
    "retain",
    "hold",
    "recipient",
    "role",
    "message",
    "cookie",
    "service",
    "log",
    "place",
    "identity",
    "measure",
];

/// Parses all files and merges them. What is not TOML is reported.
pub(super) fn parse(sources: &Sources, findings: &mut Vec<Diagnostic>) -> Table {
    let mut root = Table::new();
    let lines: Vec<_> = sources.0.iter().map(Lines::of).collect();
    for (index, source) in sources.0.iter().enumerate() {
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        let mut last_line = None;
        let mut repeated_until = 0;
        for error in errors.iter().take(crate::diagnostic::MOST * 4) {
            let span = error.span().unwrap_or(0..0);
            // A mistake often makes the parser stumble twice on one line; the first finding is the one that helps.
            let start = source.boundary(span.start);
            let line = source.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
            let repeated = error.message() == "duplicate key";
            // The keys of a table that is there twice are not worth a finding each.
            let follows = repeated && span.start < repeated_until;
            if repeated && !follows && source.text.get(line..).is_some_and(|line| line.trim_start().starts_with('[')) {
                let body = source.text.get(start..).unwrap_or_default();
                repeated_until = body.find("\n[").map_or(source.text.len(), |length| start + length);
            }
            if last_line != Some(line) && !follows {
                findings.push(not_toml(&source.text, error.message(), Place { source: index, span }));
            }
            last_line = Some(line);
        }
        merge(&mut root, convert_table(table.into_inner(), index, &source.text), sources, &lines, findings);
    }
    root
}

fn not_toml(text: &str, message: &str, place: Place) -> Diagnostic {
    let found = text.get(place.span.clone()).unwrap_or_default();
    let (message, help) = match message {
        "duplicate key" => (
            format!("`{}` is defined twice", found.trim()),
            "give each table and each key once; a second entry needs its own name".to_owned(),
        ),
        message if message.contains("string") || message.contains("expected value") => (
            format!("this is not TOML: {message}"),
            "a text stands between quotation marks on one line: name = \"value\"".to_owned(),
        ),
        message => {
            (format!("this is not TOML: {message}"), "a line is `key = value`, `[table]` or `# comment`".to_owned())
        }
    };
    Diagnostic::error("toml", &place, message).label("here").help(help)
}

/// Adds the tables of one file to those before it.
fn merge(root: &mut Table, file: Table, sources: &Sources, lines: &[Lines<'_>], findings: &mut Vec<Diagnostic>) {
    for (name, entry) in file {
        match root.entry(name) {
            Slot::Vacant(slot) => {
                slot.insert(entry);
            }
            Slot::Occupied(mut slot) => {
                let name = slot.key().clone();
                let first = slot.get().key.clone();
                match (&mut slot.get_mut().node.value, entry.node.value) {
                    (Value::Table(known), Value::Table(more)) if COLLECTIONS.contains(&name.as_str()) => {
                        for (id, entry) in more {
                            if let Some(first) = known.get(&id) {
                                findings.push(twice(&format!("[{name}.{id}]"), &first.key, &entry.key, sources, lines));
                            } else {
                                known.insert(id, entry);
                            }
                        }
                    }
                    // Every file may say its format, if it is the same one.
                    (Value::String(known), Value::String(more)) if name == "format" && *known == more => {}
                    (_, _) => findings.push(twice(&format!("[{name}]"), &first, &entry.key, sources, lines)),
                }
            }
        }
    }
}

fn twice(what: &str, first: &Place, place: &Place, sources: &Sources, lines: &[Lines<'_>]) -> Diagnostic {
    let source = sources.0.get(first.source);
    let (line, _) = lines.get(first.source).map_or((1, 0), |lines| lines.line(first.span.start));
    let file = source.map_or("another file", |source| source.name.as_str());
    Diagnostic::error("duplicate", place, format!("{what} is defined in {file}, line {line}, as well"))
        .label("the second one")
        .help("the files of a policy are merged; each name can be given once")
}

fn convert_table(table: DeTable<'_>, source: usize, text: &str) -> Table {
    let mut entries: Vec<_> = table
        .into_iter()
        .map(|(key, value)| {
            let place = Place { source, span: key.span() };
            let node = convert(value, &place.span, source, text);
            (key.into_inner().into_owned(), Entry { key: place, node })
        })
        .collect();
    entries.sort_by_key(|(_, entry)| entry.key.span.start);
    entries.into_iter().collect()
}

fn convert(value: Spanned<DeValue<'_>>, key: &Range<usize>, source: usize, text: &str) -> Node {
    let mut span = value.span();
    if span.is_empty() {
        span = key.clone();
    }
    let mut verbatim = false;
    let value = match value.into_inner() {
        DeValue::String(string) => {
            verbatim = text.get(span.start + 1..span.end.saturating_sub(1)) == Some(string.as_ref());
            Value::String(string.into_owned())
        }
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map_or(Value::Other("a number too large"), Value::Integer),
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Boolean(boolean) => Value::Boolean(boolean),
        DeValue::Datetime(datetime) => match (datetime.date, datetime.time) {
            (Some(date), None) => i16::try_from(date.year)
                .ok()
                .zip(i8::try_from(date.month).ok())
                .zip(i8::try_from(date.day).ok())
                .and_then(|((year, month), day)| Date::new(year, month, day).ok())
                .map_or(Value::Other("a date that does not exist"), Value::Date),
            _ => Value::Other("a time"),
        },
        DeValue::Array(array) => {
            Value::Array(array.into_iter().map(|item| convert(item, &span, source, text)).collect())
        }
        DeValue::Table(table) => Value::Table(convert_table(table, source, text)),
    };
    Node { place: Place { source, span }, value, verbatim }
}
