//! Handing data over to the one it belongs to (Art. 15(3), 20, 28(3)(g)): JSON (RFC 8259) and CSV (RFC 4180).

use jiff::Timestamp;
use obhut_core::{
    access::Caller,
    change::Operation,
    id::{AudienceName, FieldName, PurposeName, SubjectId, TenantId},
    model::ExportFormat,
};
use serde_json::{Value, json};

use crate::{
    Engine, Error,
    read::{Asked, Person},
};

/// How many people are opened at a time.
const PAGE: usize = 200;

/// Whose data is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Of one person.
    Person(SubjectId),
    /// Of all people of an audience in the tenant.
    Audience(AudienceName),
}

/// A file to be handed over.
pub struct Export {
    /// Its content. Personal data in the clear: it goes to the caller and nowhere else.
    pub content: String,
    /// Its media type.
    pub media_type: &'static str,
    /// A file name without personal data.
    pub file_name: String,
    /// How many people are in it.
    pub people: usize,
    /// How many records are in it.
    pub records: usize,
}

impl Engine {
    /// Exports for the purposes that the policy marks as handing over.
    pub async fn export(
        &self,
        caller: &Caller,
        tenant: TenantId,
        scope: &Scope,
        format: ExportFormat,
    ) -> Result<Export, Error> {
        if !self.model.export.formats.contains(&format) {
            return Err(Error::Unknown { kind: "export format" });
        }
        let people = self.export_people(caller, tenant, scope).await?;
        let now = self.now();
        let records = people.iter().map(|person| person.records.len()).sum();
        let (content, media_type, ending) = match format {
            ExportFormat::Json => (self.to_json(tenant, &people, now), "application/json", "json"),
            ExportFormat::Csv => (to_csv(&people), "text/csv; charset=utf-8", "csv"),
        };
        let what = match scope {
            Scope::Person(_) => "person",
            Scope::Audience(audience) => audience.as_str(),
        };
        let day = now.to_zoned(self.model.policy.zone.clone()).date();
        let file_name = format!("{}-{what}-{day}.{ending}", self.model.policy.id);
        Ok(Export { content, media_type, file_name, people: people.len(), records })
    }

    async fn export_people(&self, caller: &Caller, tenant: TenantId, scope: &Scope) -> Result<Vec<Person>, Error> {
        let purposes: Vec<PurposeName> = self
            .model
            .purposes
            .iter()
            .filter(|(_, purpose)| purpose.export && purpose.roles.contains(&caller.role))
            .map(|(name, _)| name.clone())
            .collect();
        match scope {
            Scope::Person(subject) => {
                self.enter(caller, tenant).await?;
                let snapshot = self.store.subject(tenant, *subject).await?.ok_or(Error::NotFound)?;
                let asked =
                    Asked { caller, tenant, purposes: &purposes, now: self.now(), operation: Operation::Export };
                let person = self.open(&asked, snapshot)?;
                if person.records.is_empty() {
                    // Says why, and notes it.
                    return self.read(caller, tenant, *subject, &purposes).await.map(|person| vec![person]);
                }
                self.note_opened(&asked, std::slice::from_ref(&person)).await?;
                Ok(vec![person])
            }
            Scope::Audience(audience) => {
                let mut people = Vec::new();
                let mut after = None;
                loop {
                    let page = self.page(caller, tenant, audience, &purposes, (after, PAGE), Operation::Export).await?;
                    after = page.last().map(|person| person.subject.id);
                    if page.is_empty() {
                        return Ok(people);
                    }
                    people.extend(page.into_iter().filter(|person| !person.records.is_empty()));
                }
            }
        }
    }

    fn to_json(&self, tenant: TenantId, people: &[Person], now: Timestamp) -> String {
        let people: Vec<Value> = people.iter().map(person_json).collect();
        let document = json!({
            "format": "obhut-export/1",
            "tenant": tenant,
            "exported_at": now,
            "policy": {
                "id": self.model.policy.id,
                "version": self.model.policy.version,
                "sha256": self.model.policy.hash,
            },
            "people": people,
        });
        format!("{document:#}\n")
    }
}

/// One line per record; a column per field of any class that occurs.
fn to_csv(people: &[Person]) -> String {
    let mut fields: Vec<&FieldName> = Vec::new();
    for record in people.iter().flat_map(|person| &person.records) {
        for (field, _) in &record.fields {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    }
    let mut csv = String::new();
    // A column of its own only where there is something to say.
    let anonymised = people.iter().flat_map(|person| &person.records).any(|record| record.anonymised.is_some());
    let fixed = ["person", "record", "class", "created", "kept_until"];
    let fixed = fixed.into_iter().chain(anonymised.then_some("anonymised_at"));
    line(&mut csv, fixed.chain(fields.iter().map(|field| field.as_str())));
    for person in people {
        for record in &person.records {
            let subject = person.subject.id.to_string();
            let id = record.id.to_string();
            let created = record.created.to_string();
            let until = record.verdict.due.map(|due| due.at.to_string()).unwrap_or_default();
            let since = record.anonymised.map(|at| at.to_string()).unwrap_or_default();
            let fixed = [&*subject, &*id, record.class.as_str(), &*created, &*until];
            let fixed = fixed.into_iter().chain(anonymised.then_some(&*since));
            let values = fields.iter().map(|field| {
                record.fields.iter().find(|(name, _)| name == *field).map_or("", |(_, value)| value.expose())
            });
            line(&mut csv, fixed.chain(values));
        }
    }
    csv
}

fn person_json(person: &Person) -> Value {
    let records: Vec<Value> = person
        .records
        .iter()
        .map(|record| {
            let fields: serde_json::Map<String, Value> =
                record.fields.iter().map(|(name, value)| (name.to_string(), value.expose().into())).collect();
            let mut shown = json!({
                "id": record.id,
                "class": record.class,
                "created": record.created,
                "collected_through": record.origin,
                "notice_sha256": record.notice,
                "rule": record.verdict.rule,
                "kept_until": record.verdict.due.map(|due| due.at),
                "fields": fields,
            });
            if let (Some(shown), Some(at)) = (shown.as_object_mut(), record.anonymised) {
                shown.insert("anonymised_at".into(), json!(at));
            }
            shown
        })
        .collect();
    let consents: Vec<Value> = person
        .consents
        .iter()
        .map(|row| json!({ "consent": row.event.consent, "declared": row.event.kind, "at": row.event.at, "form": row.form }))
        .collect();
    let events: Vec<Value> =
        person.occurrences.iter().map(|event| json!({ "event": event.event, "at": event.at })).collect();
    json!({
        "id": person.subject.id,
        "audience": person.subject.audience,
        "since": person.subject.created,
        "records": records,
        "consents": consents,
        "events": events,
    })
}

/// Appends one line. A cell that a spreadsheet would take for a formula is prefixed with an apostrophe (OWASP, CSV
/// injection); the JSON export has every value unchanged.
fn line<'a>(csv: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            csv.push(',');
        }
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let quoted = formula || cell.contains([',', '"', '\n', '\r']);
        if quoted {
            csv.push('"');
        }
        if formula {
            csv.push('\'');
        }
        csv.push_str(&cell.replace('"', "\"\""));
        if quoted {
            csv.push('"');
        }
    }
    csv.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn cells_are_quoted_and_formulas_are_not_run() {
        let mut csv = String::new();
        line(&mut csv, ["plain", "a,b", "say \"hi\"", "=1+1", "+49 30", ""].into_iter());
        assert_eq!(csv, "plain,\"a,b\",\"say \"\"hi\"\"\",\"'=1+1\",\"'+49 30\",\r\n");
    }
}
