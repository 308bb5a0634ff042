//! The whole policy: which tables there are and in which order they are read.

use indexmap::IndexMap;
use obhut_core::model::Model;

use super::{
    head, inventory, outside, place,
    section::{Reader, Section, shortened},
    time,
    tree::{COLLECTIONS, Entry, Table, Value},
};
use crate::{
    diagnostic::{Diagnostic, Place},
    name,
    sentence::RESERVED,
};

/// The format this program reads.
const FORMAT: &str = "obhut-policy/1";

/// Tables of which there is one.
const SINGLES: [&str; 11] = [
    "policy",
    "controller",
    "dpo",
    "authority",
    "disclosure",
    "storage",
    "backup",
    "access",
    "export",
    "rights",
    "automated_decisions",
];

/// Reads everything.
pub(super) fn model(reader: &mut Reader<'_>, root: &Table) -> Model {
    format(reader, root);
    unknown_tables(reader, root);
    // First of all: it says which languages every text must have.
    let policy = single(reader, root, "policy", head::POLICY, head::policy);
    let mut model = Model {
        policy: policy.unwrap_or_else(head::unread),
        controller: single(reader, root, "controller", head::CONTROLLER, head::controller).unwrap_or_else(head::nobody),
        dpo: single(reader, root, "dpo", head::DPO, head::dpo).unwrap_or_else(head::no_dpo),
        authority: single(reader, root, "authority", head::AUTHORITY, head::authority)
            .unwrap_or_else(head::no_authority),
        jurisdictions: collection(reader, root, "jurisdiction", head::jurisdiction),
        words: collection::<String, _>(reader, root, "word", inventory::word),
        audiences: collection(reader, root, "audience", inventory::audience),
        data: collection(reader, root, "data", inventory::data),
        purposes: collection(reader, root, "purpose", inventory::purpose),
        consents: collection(reader, root, "consent", inventory::consent),
        events: collection(reader, root, "event", inventory::event),
        retentions: collection(reader, root, "retain", time::retain),
        holds: collection(reader, root, "hold", time::hold),
        recipients: collection(reader, root, "recipient", outside::recipient),
        disclosure: optional(reader, root, "disclosure", outside::disclosure).unwrap_or_default(),
        roles: collection(reader, root, "role", inventory::role),
        messages: collection(reader, root, "message", outside::message),
        cookies: collection(reader, root, "cookie", place::cookie),
        services: collection(reader, root, "service", place::service),
        logs: collection(reader, root, "log", place::log),
        storage: single(reader, root, "storage", place::STORAGE, place::storage).unwrap_or_else(place::no_storage),
        places: collection(reader, root, "place", place::place),
        backup: optional(reader, root, "backup", place::backup),
        access: optional(reader, root, "access", outside::access).unwrap_or_default(),
        identities: collection(reader, root, "identity", outside::identity),
        measures: collection(reader, root, "measure", place::measure),
        export: single(reader, root, "export", outside::EXPORT, outside::export).unwrap_or_else(outside::no_export),
        rights: single(reader, root, "rights", outside::RIGHTS, outside::rights).unwrap_or_else(outside::no_rights),
        automated_decisions: single(reader, root, "automated_decisions", outside::AUTOMATED, outside::automated)
            .unwrap_or_else(outside::no_automated),
    };
    inventory::link_only_if(reader, &mut model);
    outside::expand_everything(&mut model);
    model
}

fn format(reader: &mut Reader<'_>, root: &Table) {
    let help = format!("the first line of a policy is: format = \"{FORMAT}\"");
    match root.get("format") {
        None => reader.report(
            Diagnostic::error("missing", &Place::default(), "the policy does not say its format")
                .label("`format` is missing")
                .help(help),
        ),
        Some(entry) => {
            let fits = matches!(&entry.node.value, Value::String(text) if text == FORMAT);
            if !fits {
                reader.report(
                    Diagnostic::error("unknown-format", &entry.node.place, "this format is not known")
                        .label(format!("this program reads \"{FORMAT}\""))
                        .help(help),
                );
            }
        }
    }
}

fn unknown_tables(reader: &mut Reader<'_>, root: &Table) {
    for (key, entry) in root {
        let known = || SINGLES.into_iter().chain(COLLECTIONS);
        if key == "format" || known().any(|known| known == key) {
            continue;
        }
        let table = matches!(entry.node.value, Value::Table(_));
        let title = if table { format!("table [{}]", shortened(key)) } else { format!("key `{}`", shortened(key)) };
        let help = match name::nearest(key, known()) {
            Some(near) if COLLECTIONS.contains(&near) => format!("did you mean [{near}.NAME]?"),
            Some(near) => format!("did you mean [{near}]?"),
            None => format!(
                "the tables are {}",
                known()
                    .map(|name| if COLLECTIONS.contains(&name) {
                        format!("[{name}.NAME]")
                    } else {
                        format!("[{name}]")
                    })
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        reader.report(
            Diagnostic::error("unknown-table", &entry.key, format!("the format does not know the {title}"))
                .label("unknown")
                .help(help),
        );
    }
}

/// What to say if a whole table is missing.
pub(super) struct MissingTable {
    /// What a person is not told without it.
    pub(super) why: &'static str,
    /// How it is written.
    pub(super) example: &'static str,
    /// Which article demands it.
    pub(super) article: Option<&'static str>,
}

/// A table of which there is exactly one.
fn single<T>(
    reader: &mut Reader<'_>,
    root: &Table,
    name: &'static str,
    demand: MissingTable,
    read: fn(&mut Reader<'_>, &mut Section<'_>) -> T,
) -> Option<T> {
    if !root.contains_key(name) {
        let first = root.get("format").map_or_else(Place::default, |entry| entry.key.clone());
        let finding = Diagnostic::error("missing-table", &first, format!("the policy has no [{name}]: {}", demand.why))
            .label(format!("this policy has no [{name}]"))
            .help(format!("add for example\n{}", demand.example));
        reader.report(match demand.article {
            Some(article) => finding.article(article),
            None => finding,
        });
        reader.places.insert(name, first);
    }
    optional(reader, root, name, read)
}

/// A table of which there is one at most.
fn optional<T>(
    reader: &mut Reader<'_>,
    root: &Table,
    name: &'static str,
    read: fn(&mut Reader<'_>, &mut Section<'_>) -> T,
) -> Option<T> {
    let entry = root.get(name)?;
    section(reader, name.to_owned(), entry, read)
}

/// Tables with names: `[data.shopper]`.
fn collection<K: for<'k> From<&'k str> + std::hash::Hash + Eq, T>(
    reader: &mut Reader<'_>,
    root: &Table,
    kind: &'static str,
    read: fn(&mut Reader<'_>, &mut Section<'_>) -> T,
) -> IndexMap<K, T> {
    let mut entries = IndexMap::new();
    let Some(entry) = root.get(kind) else {
        return entries;
    };
    let Value::Table(table) = &entry.node.value else {
        reader.report(
            Diagnostic::error("wrong-type", &entry.key, format!("`{kind}` is not a table"))
                .label(format!("this is {}", entry.node.value.kind()))
                .help(format!("write [{kind}.NAME] and its keys below")),
        );
        return entries;
    };
    for (name, entry) in table {
        if !name_fits(reader, kind, name, entry) {
            continue;
        }
        if let Some(read) = section(reader, format!("{kind}.{name}"), entry, read) {
            entries.insert(K::from(name.as_str()), read);
        }
    }
    entries
}

fn name_fits(reader: &mut Reader<'_>, kind: &str, name: &str, entry: &Entry) -> bool {
    if kind == "event" && looks_unquoted(&entry.node.value) {
        reader.report(
            Diagnostic::error("name", &entry.key, "the name of an event has a dot, so it stands in quotation marks")
                .label("read as a table of tables")
                .help(format!("write [event.\"{}.…\"]", shortened(name))),
        );
        return false;
    }
    let reserved = RESERVED.contains(&name);
    if name::is_name(name) && !reserved {
        return true;
    }
    let (message, help) = if reserved {
        (format!("`{name}` is a word of the rule grammar"), "use a name of two parts: [event.\"contract.ended\"]")
    } else {
        (
            format!("`{}` cannot be the name of [{kind}.…]", shortened(name)),
            "names are lower-case letters and digits joined by `-`, `_` or `.`, and start with a letter; \
             at most 64 characters",
        )
    };
    reader.report(Diagnostic::error("name", &entry.key, message).label("not a name").help(help));
    false
}

/// `[event.a.b]` instead of `[event."a.b"]`: everything in it is a table.
fn looks_unquoted(value: &Value) -> bool {
    matches!(value, Value::Table(table)
        if !table.is_empty()
            && table.iter().all(|(key, entry)| key != "last" && matches!(entry.node.value, Value::Table(_))))
}

fn section<T>(
    reader: &mut Reader<'_>,
    path: String,
    entry: &Entry,
    read: fn(&mut Reader<'_>, &mut Section<'_>) -> T,
) -> Option<T> {
    let title = match path.split_once('.') {
        Some((kind, name)) if name.contains('.') => format!("[{kind}.\"{name}\"]"),
        _ => format!("[{path}]"),
    };
    let Value::Table(table) = &entry.node.value else {
        reader.report(
            Diagnostic::error("wrong-type", &entry.key, format!("{title} is not a table"))
                .label(format!("this is {}", entry.node.value.kind()))
                .help(format!("write {title} on a line of its own, and its keys below")),
        );
        return None;
    };
    reader.places.insert(path.as_str(), entry.node.place.clone());
    let mut section = Section::new(path, title, entry.node.place.clone(), table);
    let value = read(reader, &mut section);
    reader.close(section);
    Some(value)
}
