//! Anonymisation: random values of the same form in the place of the old ones, everything else as it was.

use std::collections::BTreeMap;

use async_trait::async_trait;
use obhut_core::{
    id::{FieldName, RetentionName},
    model::{FieldFormat, Model},
    promise::Outcome,
};

use super::{
    Check, Stage, When,
    memory::{Memory, outcome, reading_roles},
    periods::{Found, under},
    sealed::{SHORTEST, occurs, spellings},
    stage::Expected,
};
use crate::{Error, promises::Promise};

/// Values are replaced by random ones of the same form, references stay, the old values are nowhere.
#[derive(Default)]
pub(super) struct Anonymised(Memory);

#[async_trait]
impl Check for Anonymised {
    fn name(&self) -> &'static str {
        "anonymised"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let rules: Vec<RetentionName> = promise.entries("retain").map(RetentionName::from).collect();
        let mut failures = Vec::new();
        let (mut records, mut values, mut searched) = (0, 0, 0);
        for found in under(stage, &rules) {
            if found.expected(stage) != Expected::Anonymised || !self.0.is_new(promise, found.record.id.to_string()) {
                continue;
            }
            records += 1;
            let of = format!("{}: {}", found.actor.key, found.record.class);
            let snapshot = stage.engine.store().subject(found.tenant.id, found.actor.subject).await?;
            let Some(stored) = snapshot.as_ref().and_then(|s| s.records.iter().find(|r| r.id == found.record.id))
            else {
                failures.push(format!("{of} is gone: what refers to it leads nowhere"));
                continue;
            };
            if stored.anonymised.is_none() {
                failures.push(format!("{of} is past its date and not anonymised"));
                continue;
            }
            let fields: Vec<&FieldName> = stored.sealed.iter().map(|(field, _)| field).collect();
            if stored.class != found.record.class || !found.record.values.keys().all(|field| fields.contains(&field)) {
                failures.push(format!("{of} has other fields than before"));
            }
            for (field, new) in opened(stage, &found).await? {
                let Some(old) = found.record.values.get(&field) else { continue };
                values += 1;
                let tells = old.len() >= SHORTEST && new.to_lowercase().contains(&old.to_lowercase());
                if new == *old || tells {
                    failures.push(format!("{of}: `{field}` still tells the old value"));
                }
                if !has_form(stage.published, &field, &new) {
                    failures.push(format!("{of}: `{field}` has not the form of such a value any more"));
                }
            }
            // Nobody finds the person by what they were.
            let class = stage.published.data.get(&found.record.class);
            if let Some((field, old)) = class
                .and_then(|class| class.identity.as_ref())
                .and_then(|field| Some((field, found.record.values.get(field)?)))
            {
                for role in reading_roles(stage) {
                    let caller = stage.near(role, found.tenant);
                    let hit = stage.engine.find(&caller, found.tenant.id, field, old).await;
                    if matches!(hit, Ok(Some(subject)) if subject == found.actor.subject) {
                        failures.push(format!("{of}: the old `{field}` still leads to the person"));
                        break;
                    }
                }
            }
            let old: Vec<&String> = found.record.values.values().filter(|value| value.len() >= SHORTEST).collect();
            let names = super::sealed::vocabulary(stage.published);
            let old = old.into_iter().filter(|value| !names.iter().any(|name| name.contains(&value.to_lowercase())));
            let patterns: Vec<Vec<u8>> = old.flat_map(|value| spellings(value)).collect();
            searched += patterns.len();
            if occurs(&super::copy_of(stage).await?, &patterns) > 0 {
                failures.push(format!("{of}: an old value stands in the stored files"));
            }
        }
        let new = records;
        let [records, values, searched] = self.0.add(promise, [records, values, searched]);
        let held = format!(
            "{records} records keep their id and fields, {values} values opened: random, of the same form; {searched} \
             spellings of old values searched for in the stored files: none"
        );
        Ok(outcome(failures, (new, records > 0), held, "nobody's data has been anonymised"))
    }
}

/// What the record says now, as far as anybody may open it.
async fn opened(stage: &Stage<'_>, found: &Found<'_>) -> Result<BTreeMap<FieldName, String>, Error> {
    let mut values = BTreeMap::new();
    for (name, purpose) in stage.published.purposes.iter().filter(|(_, p)| p.data.contains(&found.record.class)) {
        for role in reading_roles(stage).filter(|role| purpose.roles.contains(role)) {
            let caller = stage.near(role, found.tenant);
            let Some(person) = stage.open(&caller, found.tenant, found.actor, name).await? else { continue };
            for record in person.records.iter().filter(|record| record.id == found.record.id) {
                values.extend(record.fields.iter().map(|(field, value)| (field.clone(), value.expose().to_owned())));
            }
        }
    }
    Ok(values)
}

/// Whether a value has the form that the policy states for the field.
fn has_form(model: &Model, field: &FieldName, value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    match model.words.get(field.as_str()).map(|word| word.format) {
        Some(FieldFormat::Email) => {
            value.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        }
        Some(FieldFormat::Phone) => digits >= 5 && !value.chars().any(char::is_alphabetic),
        Some(FieldFormat::Iban) => digits >= 10 && value.chars().take(2).all(|letter| letter.is_ascii_uppercase()),
        Some(FieldFormat::Date) => value.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok()),
        Some(FieldFormat::Number) => digits > 0,
        Some(FieldFormat::Ip) => value.parse::<std::net::IpAddr>().is_ok(),
        Some(FieldFormat::Text | FieldFormat::Name | FieldFormat::Address) | None => !value.trim().is_empty(),
    }
}
