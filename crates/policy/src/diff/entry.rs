//! The entries of a policy with their canonical lines.

use indexmap::IndexMap;
use obhut_core::{
    id::{AudienceName, ClassName},
    model::Model,
};

use crate::canonical;

/// The lines of an entry: key and value.
pub(super) type Entry = Vec<(String, String)>;

/// Tables with names.
fn names(model: &Model) -> Vec<String> {
    fn of<'n, N: std::fmt::Display + 'n>(kind: &str, names: impl Iterator<Item = &'n N>) -> Vec<String> {
        names.map(|name| format!("{kind}.{name}")).collect()
    }
    [
        of("jurisdiction", model.jurisdictions.keys()),
        of("word", model.words.keys()),
        of("audience", model.audiences.keys()),
        of("data", model.data.keys()),
        of("purpose", model.purposes.keys()),
        of("consent", model.consents.keys()),
        of("event", model.events.keys()),
        of("role", model.roles.keys()),
        of("retain", model.retentions.keys()),
        of("hold", model.holds.keys()),
        of("recipient", model.recipients.keys()),
        of("disclosure", model.disclosure.others.keys()),
        of("message", model.messages.keys()),
        of("cookie", model.cookies.keys()),
        of("service", model.services.keys()),
        of("log", model.logs.keys()),
        of("place", model.places.keys()),
        of("identity", model.identities.keys()),
        of("measure", model.measures.keys()),
        vec!["disclosure.sale".to_owned()],
    ]
    .concat()
}

/// The entries, each with its lines, in the order of the canonical form. A path belongs to the longest name that starts
/// it (names may have dots), else to its table.
pub(super) fn entries(model: &Model) -> IndexMap<String, Entry> {
    let mut names = names(model);
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let owner = |path: &str| {
        let of = names
            .iter()
            .find(|name| path.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')));
        match of {
            Some(name) => name.clone(),
            None => path.split('.').next().unwrap_or(path).to_owned(),
        }
    };
    let mut entries: IndexMap<String, Entry> = IndexMap::new();
    for line in canonical::text(model).lines() {
        let Some((path, value)) = line.split_once(" = ") else { continue };
        let name = owner(path);
        let key = path.strip_prefix(name.as_str()).unwrap_or_default().trim_start_matches('.').to_owned();
        entries.entry(name).or_default().push((key, value.to_owned()));
    }
    entries
}

/// The keys whose lines differ, each once, without the language and without the mark of a list.
pub(super) fn changed_keys(before: &Entry, after: &Entry) -> Vec<String> {
    let bare = |key: &str| {
        let key = key.trim_end_matches("[]");
        key.strip_suffix(".de").or_else(|| key.strip_suffix(".en")).unwrap_or(key).to_owned()
    };
    let of = |entry: &Entry, wanted: &str| -> Vec<(String, String)> {
        entry.iter().filter(|(key, _)| bare(key) == wanted).cloned().collect()
    };
    let mut keys: Vec<String> = Vec::new();
    for (key, _) in before.iter().chain(after) {
        let key = bare(key);
        if !keys.contains(&key) && of(before, &key) != of(after, &key) {
            keys.push(key);
        }
    }
    keys
}

/// The classes an entry concerns, as far as either version names them.
pub(super) fn classes(old: &Model, new: &Model, entry: &str) -> Vec<ClassName> {
    let Some((kind, name)) = entry.split_once('.') else { return Vec::new() };
    let mut found: Vec<ClassName> = Vec::new();
    for model in [new, old] {
        let of: Vec<ClassName> = match kind {
            "data" => vec![ClassName::from(name)],
            "purpose" => model.purposes.get(name).map(|purpose| purpose.data.clone()).unwrap_or_default(),
            "retain" => model.retentions.get(name).map(|rule| rule.data.clone()).unwrap_or_default(),
            "hold" => model.holds.get(name).map(|hold| hold.data.clone()).unwrap_or_default(),
            "recipient" => model.recipients.get(name).map(|recipient| recipient.data.clone()).unwrap_or_default(),
            "service" => model.services.get(name).map(|service| service.data.clone()).unwrap_or_default(),
            _ => Vec::new(),
        };
        for class in of {
            let known = new.data.contains_key(&class) || old.data.contains_key(&class);
            if known && !found.contains(&class) {
                found.push(class);
            }
        }
    }
    found
}

/// Whom an entry concerns: those whose classes it names, those it names itself, else everybody.
pub(super) fn audiences(old: &Model, new: &Model, entry: &str, classes: &[ClassName]) -> Vec<AudienceName> {
    let mut named: Vec<AudienceName> = Vec::new();
    for model in [new, old] {
        named.extend(classes.iter().filter_map(|class| Some(model.data.get(class)?.audience.clone())));
        let Some((kind, name)) = entry.split_once('.') else { continue };
        match kind {
            "audience" | "disclosure" if model.audiences.contains_key(name) => named.push(name.into()),
            "consent" => {
                named.extend(model.consents.get(name).into_iter().flat_map(|consent| consent.audiences.clone()));
            }
            "message" => named.extend(model.messages.get(name).map(|channel| channel.audience.clone())),
            "log" => named.extend(model.logs.get(name).into_iter().flat_map(|log| log.audiences.clone())),
            "jurisdiction" => {
                named.extend(model.jurisdictions.get(name).into_iter().flat_map(|law| law.audiences.clone()));
            }
            "cookie" => {
                let consent = model.cookies.get(name).and_then(|cookie| model.consents.get(cookie.consent.as_ref()?));
                named.extend(consent.into_iter().flat_map(|consent| consent.audiences.clone()));
            }
            _ => {}
        }
    }
    let all = new.audiences.keys().chain(old.audiences.keys().filter(|name| !new.audiences.contains_key(*name)));
    all.filter(|audience| named.is_empty() || named.contains(audience)).cloned().collect()
}
