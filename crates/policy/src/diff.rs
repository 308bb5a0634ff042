//! What changes from one version of a policy to the next, for whom, and whether it is material.
//!
//! The changes are found on the canonical form, entry by entry, so nothing that differs is missed and nothing that is
//! only spelled differently is named. What they say to people comes from the notices of both versions. Whether a change
//! is material follows stated rules ([`material`]): a change is material if it may be to the disadvantage of the
//! person, or cannot be shown not to be.
//!
//! | module | subject |
//! |---|---|
//! | `entry` | the entries of a policy with their canonical lines |
//! | [`order`] | which of two rules ends earlier, whatever happens |
//! | [`material`] | the rules |
//! | `show` | the changes in words: Markdown and JSON |

mod entry;
pub mod material;
pub mod order;
mod show;

use obhut_core::{
    id::{Anchor, AudienceName, ClassName},
    model::{Lang, Model, Text},
};
use serde::Serialize;

use crate::notice;
pub use show::{json, markdown};

/// What happened to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The entry: `retain.account`, `controller`.
    pub entry: String,
    /// What happened to it.
    pub kind: Kind,
    /// The keys that differ, where it is in both versions.
    pub keys: Vec<String>,
    /// Whom it concerns; in the order of the newer version.
    pub audiences: Vec<AudienceName>,
    /// The classes it concerns, as far as either version has them.
    pub classes: Vec<ClassName>,
    /// Why it is material; none if it is not.
    pub material: Option<Text>,
    /// What it is, in a few words.
    pub headline: Text,
    /// What the older notice says.
    pub before: Option<Text>,
    /// What the newer notice says.
    pub after: Option<Text>,
}

/// All changes from `old` to `new`, in the order of the newer version, what is gone at the end.
pub fn differences(old: &Model, new: &Model) -> Vec<Difference> {
    let (before, after) = (entry::entries(old), entry::entries(new));
    let mut found = Vec::new();
    for (name, lines) in &after {
        match before.get(name) {
            None => found.push((name, Kind::Added, Vec::new())),
            Some(known) if known != lines => found.push((name, Kind::Changed, entry::changed_keys(known, lines))),
            Some(_) => {}
        }
    }
    found.extend(before.keys().filter(|name| !after.contains_key(*name)).map(|name| (name, Kind::Removed, Vec::new())));
    // That a version has another number and another date is what makes it a version.
    let only_dated =
        |keys: &[String]| !keys.is_empty() && keys.iter().all(|key| ["version", "valid_from"].contains(&key.as_str()));
    found
        .into_iter()
        .filter(|(name, _, keys)| *name != "policy" || !only_dated(keys))
        .map(|(name, kind, keys)| difference(old, new, name, kind, keys))
        .collect()
}

/// Whether any of the changes is material.
pub fn is_material(differences: &[Difference]) -> bool {
    differences.iter().any(|difference| difference.material.is_some())
}

fn difference(old: &Model, new: &Model, name: &str, kind: Kind, keys: Vec<String>) -> Difference {
    let classes = entry::classes(old, new, name);
    let said = |model: &Model| {
        let anchor = anchor(name);
        let text =
            Text { de: notice::sentence(model, &anchor, Lang::De)?, en: notice::sentence(model, &anchor, Lang::En)? };
        Some(text)
    };
    let (before, after) = match kind {
        Kind::Added => (None, said(new)),
        Kind::Removed => (said(old), None),
        Kind::Changed => show::only_what_differs(said(old), said(new)),
    };
    Difference {
        entry: name.to_owned(),
        kind,
        audiences: entry::audiences(old, new, name, &classes),
        material: material::judge(old, new, name, kind, &keys),
        headline: show::headline(old, new, name, kind, &keys),
        keys,
        classes,
        before,
        after,
    }
}

/// The sentence of the notice that an entry makes.
fn anchor(entry: &str) -> Anchor {
    match entry {
        "controller" => Anchor::of("controller", "identity"),
        "dpo" => Anchor::of("dpo", "contact"),
        "authority" => Anchor::of("authority", "complaint"),
        "storage" => Anchor::of("storage", "place"),
        "backup" => Anchor::of("notice", "backups"),
        "access" => Anchor::of("notice", "access"),
        "export" => Anchor::of("export", "formats"),
        "rights" => Anchor::of("rights", "deadline"),
        "automated_decisions" => Anchor::of("automated", "decisions"),
        "policy" => Anchor::of("policy", "announce"),
        other => Anchor::from(other),
    }
}
