//! People: submissions come in, and what a purpose needs is read.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json as Answered,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    routing,
};
use jiff::Timestamp;
use obhut_core::{
    change::Operation as Act,
    consent::ConsentKind,
    id::{AudienceName, FactName, FieldName, PurposeName, SubjectId, TenantId},
    model::{Acts, Lang, Method as Asked, Model, PolicyHash},
};
use obhut_engine::{
    people::{Declaration, Submission},
    read::Person,
};
use obhut_policy::say;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    input::{Ids, Json, Name, Names, Params, instant, limit},
    lang,
    operation::{ANY, Access, Answer, LIMIT, Operation, Parameter, Value as Of},
    problem::{Fault, Kind, access_reasons},
    tenants::{Values, values},
};
use crate::{App, auth::ApiCaller};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Submitted {
    purpose: Name,
    values: Values,
    #[serde(default)]
    facts: BTreeSet<Name>,
    choice: Option<String>,
    #[serde(default)]
    events: Vec<Happened>,
    #[serde(default)]
    consents: Vec<Declared>,
    notice: PolicyHash,
    origin: Name,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Happened {
    event: Name,
    #[serde(default, deserialize_with = "instant")]
    at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    consent: Name,
    #[serde(rename = "declared")]
    answer: Ticked,
    lang: Lang,
}

/// What a person answers to a box: ticked or not. A withdrawal is an operation of its own.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Ticked {
    Granted,
    Refused,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    audience: Name,
    purpose: Names,
    after: Option<SubjectId>,
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct For {
    purpose: Names,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    field: Name,
    value: String,
}

const PURPOSE: Parameter = Parameter {
    name: "purpose",
    required: true,
    kind: Of::Names,
    text: "The purposes the caller acts for, with commas between them. Each record is opened for the first that \
        allows it; nothing is opened without a purpose.",
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            id: "submit",
            method: Method::POST,
            path: "/tenants/{tenant}/people",
            handler: routing::post(submit),
            summary: "Stores what is submitted about a person",
            text: "All classes, events and declarations of one form together. The identity field of the policy decides \
                whether the person is known. A field that the policy does not declare is refused.",
            access: Access::Roles(ANY),
            audit: Some(Act::Write),
            query: &[],
            body: Some("Submission"),
            answer: Answer::Json(201, "Stored"),
            problems: &[Kind::Refused, Kind::OtherNotice, Kind::TenantEnded, Kind::Conflict],
        },
        Operation {
            id: "submitMore",
            method: Method::POST,
            path: "/tenants/{tenant}/people/{person}/records",
            handler: routing::post(submit_more),
            summary: "Stores a further submission about a known person",
            text: "As for a new one, about the person named in the path.",
            access: Access::Roles(ANY),
            audit: Some(Act::Write),
            query: &[],
            body: Some("Submission"),
            answer: Answer::Json(201, "Stored"),
            problems: &[Kind::Refused, Kind::OtherNotice, Kind::TenantEnded, Kind::Conflict],
        },
        Operation {
            id: "listPeople",
            method: Method::GET,
            path: "/tenants/{tenant}/people",
            handler: routing::get(list),
            summary: "One page of the people of an audience",
            text: "By id. Of each person what one of the purposes allows; what stays closed is named with the reasons. \
                The reading is noted before the answer leaves.",
            access: Access::Roles(ANY),
            audit: Some(Act::Read),
            query: &[
                Parameter { name: "audience", required: true, kind: Of::Text, text: "The audience of the policy." },
                PURPOSE,
                Parameter {
                    name: "after",
                    required: false,
                    kind: Of::Text,
                    text: "The last person of the page before: `next` of its answer.",
                },
                LIMIT,
            ],
            body: None,
            answer: Answer::Json(200, "People"),
            problems: &[Kind::Refused, Kind::Invalid],
        },
        Operation {
            id: "readPerson",
            method: Method::GET,
            path: "/tenants/{tenant}/people/{person}",
            handler: routing::get(read),
            summary: "A person, for a purpose",
            text: "What one of the purposes allows, only the fields the purpose needs, with the date until which each \
                record is kept and why. If nothing may be opened, that is a refusal. Both are noted.",
            access: Access::Roles(ANY),
            audit: Some(Act::Read),
            query: &[PURPOSE],
            body: None,
            answer: Answer::Json(200, "Person"),
            problems: &[Kind::Refused],
        },
        Operation {
            id: "findPerson",
            method: Method::POST,
            path: "/tenants/{tenant}/find",
            handler: routing::post(find),
            summary: "Who has an identity",
            text: "A POST, because no personal value may stand in an address. Answers with the id alone.",
            access: Access::Roles(&[Acts::Tenant, Acts::System]),
            audit: Some(Act::Read),
            query: &[],
            body: Some("Identity"),
            answer: Answer::Json(200, "Found"),
            problems: &[],
        },
    ]
}

async fn submit(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids(tenant): Ids<TenantId>,
    Json(body): Json<Submitted>,
) -> Result<(StatusCode, Answered<Value>), Fault> {
    let submission = submission(app.engine.model(), None, body)?;
    let stored = app.engine.submit(&who.caller, tenant, &submission).await?;
    let answer = json!({ "person": stored.subject, "records": stored.records, "new": stored.new });
    Ok((StatusCode::CREATED, Answered(answer)))
}

async fn submit_more(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids((tenant, person)): Ids<(TenantId, SubjectId)>,
    Json(body): Json<Submitted>,
) -> Result<(StatusCode, Answered<Value>), Fault> {
    let submission = submission(app.engine.model(), Some(person), body)?;
    let stored = app.engine.submit(&who.caller, tenant, &submission).await?;
    let answer = json!({ "person": stored.subject, "records": stored.records, "new": stored.new });
    Ok((StatusCode::CREATED, Answered(answer)))
}

async fn list(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids(tenant): Ids<TenantId>,
    headers: HeaderMap,
    Params(page): Params<Page>,
) -> Result<Answered<Value>, Fault> {
    let model = app.engine.model();
    let lang = lang::accepted(&headers);
    let audience: AudienceName = page.audience.to();
    if !model.audiences.contains_key(&audience) {
        return Err(Fault::invalid("the policy knows no audience of this name"));
    }
    let limit = limit(page.limit)?;
    let purposes: Vec<PurposeName> = page.purpose.to();
    let people = app.engine.list(&who.caller, tenant, &audience, &purposes, page.after, limit).await?;
    let next = people.last().filter(|_| people.len() == limit).map(|person| person.subject.id);
    let people: Vec<_> = people.iter().map(|person| written(model, person, lang)).collect();
    Ok(Answered(json!({ "people": people, "next": next })))
}

async fn read(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids((tenant, person)): Ids<(TenantId, SubjectId)>,
    headers: HeaderMap,
    Params(query): Params<For>,
) -> Result<Answered<Value>, Fault> {
    let purposes: Vec<PurposeName> = query.purpose.to();
    let person = app.engine.read(&who.caller, tenant, person, &purposes).await?;
    Ok(Answered(written(app.engine.model(), &person, lang::accepted(&headers))))
}

async fn find(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids(tenant): Ids<TenantId>,
    Json(identity): Json<Identity>,
) -> Result<Answered<Value>, Fault> {
    let field: FieldName = identity.field.to();
    if !app.engine.model().data.values().any(|class| class.identity.as_ref() == Some(&field)) {
        return Err(Fault::invalid("people are not found by this field"));
    }
    let found = app.engine.find(&who.caller, tenant, &field, &identity.value).await?;
    let person = found.ok_or_else(Fault::not_found)?;
    Ok(Answered(json!({ "person": person })))
}

/// A submission as the engine takes it.
fn submission(model: &Model, subject: Option<SubjectId>, body: Submitted) -> Result<Submission, Fault> {
    let declarations = body.consents.iter().map(|declared| {
        let consent = model.consents.get(declared.consent.as_str());
        let method = consent.ok_or_else(|| Fault::invalid("the policy knows no consent of this name"))?.method;
        let kind = match (declared.answer, method) {
            (Ticked::Refused, _) => ConsentKind::Refused,
            (Ticked::Granted, Asked::OptIn) => ConsentKind::Granted,
            // A ticked box is not the confirmation.
            (Ticked::Granted, Asked::DoubleOptIn) => ConsentKind::Requested,
        };
        Ok(Declaration { consent: declared.consent.to(), kind, lang: declared.lang })
    });
    let declarations: Result<Vec<_>, Fault> = declarations.collect();
    let choice = body.choice.as_deref().map(obhut_policy::sentence::parse_period).transpose();
    let choice = choice.map_err(|_| Fault::invalid("`choice` is a period, for example \"30 days\""))?;
    Ok(Submission {
        subject,
        purpose: body.purpose.to(),
        values: values(body.values),
        facts: body.facts.iter().map(Name::to::<FactName>).collect(),
        choice,
        events: body.events.iter().map(|happened| (happened.event.to(), happened.at)).collect(),
        declarations: declarations?,
        notice: body.notice,
        origin: body.origin.as_str().to_owned(),
    })
}

/// A person as an answer has it. Of somebody whose records all stay closed nothing else is told either.
fn written(model: &Model, person: &Person, lang: Lang) -> Value {
    let records: Vec<_> = person
        .records
        .iter()
        .map(|record| {
            let fields: Map<String, Value> =
                record.fields.iter().map(|(name, value)| (name.to_string(), value.expose().into())).collect();
            let because: Vec<_> =
                record.verdict.because.iter().map(|reason| say::retention(model, reason, lang)).collect();
            json!({
                "id": record.id,
                "class": record.class,
                "created": record.created,
                "notice": record.notice,
                "origin": record.origin,
                "purpose": record.purpose,
                "fields": fields,
                "rule": record.verdict.rule,
                "kept_until": record.verdict.due.map(|due| due.at),
                "then": record.verdict.action,
                "standing": record.verdict.standing,
                "because": because,
            })
        })
        .collect();
    let closed: Vec<_> = person
        .closed
        .iter()
        .map(|closed| json!({ "class": closed.class, "reasons": access_reasons(model, &closed.reasons, lang) }))
        .collect();
    let open = !records.is_empty();
    let events = person.occurrences.iter().filter(|_| open);
    let events: Vec<_> =
        events.map(|event| json!({ "event": event.event, "at": event.at, "record": event.record })).collect();
    let consents = person.consents.iter().filter(|_| open).map(|row| {
        json!({
            "consent": row.event.consent,
            "declared": row.event.kind,
            "at": row.event.at,
            "form": row.form,
            "lang": row.lang,
            "notice": row.notice,
        })
    });
    json!({
        "id": person.subject.id,
        "audience": person.subject.audience,
        "created": person.subject.created,
        "restricted": person.subject.restricted,
        "records": records,
        "closed": closed,
        "events": events,
        "consents": consents.collect::<Vec<_>>(),
    })
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let instant = || json!({ "type": "string", "format": "date-time" });
    vec![
        (
            "Submission",
            json!({
                "type": "object",
                "required": ["purpose", "values", "notice", "origin"],
                "properties": {
                    "purpose": { "type": "string", "description": "The purpose for which it is collected." },
                    "values": { "$ref": "#/components/schemas/Values" },
                    "facts": {
                        "type": "array",
                        "items": { "type": "string" },
                        "description": "The facts that are true of these records; the policy's conditions ask for them.",
                    },
                    "choice": {
                        "type": "string",
                        "description": "The period chosen for these records, where the policy leaves them a choice; for example `30 days`.",
                    },
                    "events": {
                        "type": "array",
                        "description": "What happened with it: now, if no instant is given, and never later.",
                        "items": {
                            "type": "object",
                            "required": ["event"],
                            "properties": { "event": { "type": "string" }, "at": instant() },
                            "additionalProperties": false,
                        },
                    },
                    "consents": {
                        "type": "array",
                        "description": "What the person declared on the form, also what it refused.",
                        "items": {
                            "type": "object",
                            "required": ["consent", "declared", "lang"],
                            "properties": {
                                "consent": { "type": "string" },
                                "declared": { "type": "string", "enum": ["granted", "refused"] },
                                "lang": { "type": "string", "enum": ["de", "en"] },
                            },
                            "additionalProperties": false,
                        },
                    },
                    "notice": { "$ref": "#/components/schemas/NoticeHash" },
                    "origin": {
                        "type": "string",
                        "pattern": "^[a-z][a-z0-9._-]{0,63}$",
                        "description": "The form or interface, for example `purchase-form`.",
                    },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "Stored",
            json!({
                "type": "object",
                "required": ["person", "records", "new"],
                "properties": {
                    "person": { "type": "string" },
                    "records": { "type": "array", "items": { "type": "string" } },
                    "new": { "type": "boolean", "description": "Whether the person is new in this tenant." },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "Identity",
            json!({
                "type": "object",
                "required": ["field", "value"],
                "properties": {
                    "field": { "type": "string", "description": "An identity field of the policy." },
                    "value": { "type": "string" },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "Found",
            json!({
                "type": "object",
                "required": ["person"],
                "properties": { "person": { "type": "string" } },
                "additionalProperties": false,
            }),
        ),
        (
            "People",
            json!({
                "type": "object",
                "required": ["people", "next"],
                "properties": {
                    "people": { "type": "array", "items": { "$ref": "#/components/schemas/Person" } },
                    "next": { "type": ["string", "null"], "description": "Where the next page begins, if there is one." },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "Person",
            json!({
                "type": "object",
                "required": ["id", "audience", "created", "restricted", "records", "closed", "events", "consents"],
                "properties": {
                    "id": { "type": "string" },
                    "audience": { "type": "string" },
                    "created": instant(),
                    "restricted": { "type": "boolean", "description": "Restricted (Art. 18 GDPR)." },
                    "records": { "type": "array", "items": { "$ref": "#/components/schemas/Record" } },
                    "closed": {
                        "type": "array",
                        "description": "The records that stay closed, and why, for the first purpose asked for.",
                        "items": {
                            "type": "object",
                            "required": ["class", "reasons"],
                            "properties": {
                                "class": { "type": "string" },
                                "reasons": { "type": "array", "items": { "$ref": "#/components/schemas/Reason" } },
                            },
                            "additionalProperties": false,
                        },
                    },
                    "events": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["event", "at", "record"],
                            "properties": {
                                "event": { "type": "string" },
                                "at": instant(),
                                "record": { "type": ["string", "null"] },
                            },
                            "additionalProperties": false,
                        },
                    },
                    "consents": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["consent", "declared", "at", "form", "lang", "notice"],
                            "properties": {
                                "consent": { "type": "string" },
                                "declared": {
                                    "type": "string",
                                    "enum": ["requested", "granted", "refused", "withdrawn"],
                                },
                                "at": instant(),
                                "form": { "type": "string" },
                                "lang": { "type": "string", "enum": ["de", "en"] },
                                "notice": { "type": "string" },
                            },
                            "additionalProperties": false,
                        },
                    },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "Record",
            json!({
                "type": "object",
                "required": [
                    "id", "class", "created", "notice", "origin", "purpose", "fields", "rule", "kept_until", "then",
                    "standing", "because",
                ],
                "properties": {
                    "id": { "type": "string" },
                    "class": { "type": "string" },
                    "created": instant(),
                    "notice": { "type": "string", "description": "The hash of the notice that was shown." },
                    "origin": { "type": "string", "description": "The form or interface." },
                    "purpose": { "type": "string", "description": "The purpose for which it was opened." },
                    "fields": {
                        "type": "object",
                        "description": "The values the purpose needs.",
                        "additionalProperties": { "type": "string" },
                    },
                    "rule": { "type": "string", "description": "The retention rule." },
                    "kept_until": {
                        "type": ["string", "null"],
                        "format": "date-time",
                        "description": "None while it cannot be dated yet.",
                    },
                    "then": { "type": "string", "enum": ["restrict", "anonymise", "erase"] },
                    "standing": {
                        "type": "object",
                        "description": "How the record may be used now.",
                        "required": ["standing"],
                        "properties": { "standing": { "type": "string" } },
                    },
                    "because": {
                        "type": "array",
                        "items": { "type": "string" },
                        "description": "Why the date is what it is, in the language of `Accept-Language`.",
                    },
                },
                "additionalProperties": false,
            }),
        ),
    ]
}
