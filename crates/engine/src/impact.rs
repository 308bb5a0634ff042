//! What a new version would do to the data there is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use obhut_core::{
    id::{AudienceName, ClassName},
    model::Model,
    retention::Standing,
};
use obhut_store::Store;

use crate::{Dossier, Error, everybody::Everybody};

/// What a new version would do to the records of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Impact {
    /// How many people have records of the class.
    pub people: u64,
    /// How many records there are.
    pub records: u64,
    /// How many of them would go sooner.
    pub sooner: u64,
    /// How many of them would go later, or no longer at a known date.
    pub later: u64,
    /// How many of them would be due at once.
    pub at_once: u64,
}

/// Judges every stored record by both versions; changes nothing and opens nothing.
pub async fn impact(
    store: &dyn Store,
    old: &Model,
    new: &Model,
    now: Timestamp,
) -> Result<BTreeMap<ClassName, Impact>, Error> {
    let mut found: BTreeMap<ClassName, Impact> = BTreeMap::new();
    let audiences: Vec<&AudienceName> =
        old.audiences.keys().chain(new.audiences.keys().filter(|name| !old.audiences.contains_key(*name))).collect();
    let mut walk = Everybody::of(store, audiences);
    while let Some((_, page)) = walk.next().await? {
        for snapshot in page {
            let (before, then) = (Dossier::new(old, snapshot.clone()), Dossier::new(new, snapshot));
            for class in before.classes() {
                found.entry(class).or_default().people += 1;
            }
            for record in &before.snapshot.records {
                let entry = found.entry(record.class.clone()).or_default();
                entry.records += 1;
                let Some(verdict) = then.verdict(record, now) else { continue };
                let was = before.verdict(record, now);
                match (was.as_ref().and_then(|was| was.fires_at), verdict.fires_at) {
                    (Some(was), Some(at)) if at < was => entry.sooner += 1,
                    (Some(was), Some(at)) if at > was => entry.later += 1,
                    (None, Some(_)) => entry.sooner += 1,
                    (Some(_), None) => entry.later += 1,
                    _ => {}
                }
                let due = |standing: &Standing| matches!(standing, Standing::Due { .. });
                if due(&verdict.standing) && !was.is_some_and(|was| due(&was.standing)) {
                    entry.at_once += 1;
                }
            }
        }
    }
    Ok(found)
}
