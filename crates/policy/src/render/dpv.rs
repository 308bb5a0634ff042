//! The policy in the Data Privacy Vocabulary of the W3C community group, as JSON-LD.
//!
//! Only terms of DPV 2.2, of its extension for the GDPR and of its extension for personal data and places are used; the
//! context stands in the document, so that reading it needs no network. A purpose that uses data of the operator's own
//! people and of tenants' people is two processes, because their controllers differ.

use obhut_core::{
    id::{ClassName, PurposeName},
    model::{
        Action, Basis, DataClass, Dpo, Evidence, FieldFormat, Lang, Model, Needed, Purpose, Recipient, RecipientKind,
        Relation, Retention, Source, Special, Text,
    },
    rule::Rule,
};
use serde_json::{Map, Value, json};

use super::{activity, words};
use crate::{read::in_eea, say};

/// The version of the vocabulary.
pub(super) const VERSION: &str = "https://w3id.org/dpv/2.2";

/// The document.
pub(super) fn value(model: &Model, tenant: Option<&str>) -> Value {
    let mut graph = vec![notice(model)];
    graph.extend(parties(model, tenant));
    graph.extend(model.audiences.iter().map(|(name, audience)| {
        let kind = match audience.relation {
            Relation::Tenant => Some("dpv:Client"),
            Relation::Customer => Some("dpv:Customer"),
            Relation::Visitor => Some("dpv:Visitor"),
            Relation::Applicant => Some("dpv:JobApplicant"),
            Relation::SubjectOfTenant | Relation::Supplier => None,
        };
        let types: Vec<_> = std::iter::once("dpv:DataSubject").chain(kind).collect();
        node(&format!("audience.{name}"), &types, Some(&audience.label), Vec::new())
    }));
    graph.extend(model.data.iter().map(|(name, class)| data(model, name, class)));
    graph.extend(model.retentions.iter().map(|(name, retention)| storage(model, name.as_str(), retention)));
    graph.extend(model.recipients.iter().map(|(name, recipient)| receiving(name.as_str(), recipient)));
    graph.extend(model.measures.iter().map(|(name, measure)| {
        let kind = match measure.evidence {
            Evidence::Engine | Evidence::Probe => "dpv:TechnicalMeasure",
            Evidence::Job => "dpv:OrganisationalMeasure",
            Evidence::Attest => "dpv:TechnicalOrganisationalMeasure",
        };
        let text = ("dct:description", both(&measure.text));
        node(&format!("measure.{name}"), &[kind], Some(&measure.label), vec![text])
    }));
    for (name, purpose) in &model.purposes {
        let mut types = vec!["dpv:Purpose"];
        types.extend(purpose.marketing.then_some("dpv:DirectMarketing"));
        types.extend(matches!(purpose.basis, Basis::Law(_)).then_some("dpv:LegalCompliance"));
        graph.push(node(&format!("purpose.{name}"), &types, Some(&purpose.label), Vec::new()));
        graph.extend([false, true].into_iter().filter_map(|behalf| process(model, name, purpose, behalf)));
    }
    json!({ "@context": context(model), "@graph": graph })
}

/// The context: the vocabularies, and the notice as the base of our own names.
fn context(model: &Model) -> Value {
    json!({
        "@version": 1.1,
        "@base": model.policy.notice_url,
        "dpv": "https://w3id.org/dpv#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "pd": "https://w3id.org/dpv/pd#",
        "loc": "https://w3id.org/dpv/loc#",
        "dct": "http://purl.org/dc/terms/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    })
}

fn to(id: &str) -> Value {
    json!({ "@id": id })
}

fn own(id: &str) -> Value {
    to(&format!("#{id}"))
}

/// A text in both languages.
fn both(text: &Text) -> Value {
    json!(Lang::ALL.map(|lang| json!({ "@value": text.get(lang), "@language": lang.tag() })))
}

fn said(of: impl Fn(Lang) -> String) -> Value {
    both(&Text { de: of(Lang::De), en: of(Lang::En) })
}

fn place(country: &str) -> Value {
    to(&format!("loc:{country}"))
}

fn node(id: &str, types: &[&str], label: Option<&Text>, members: Vec<(&str, Value)>) -> Value {
    let mut value = Map::new();
    value.insert("@id".into(), json!(format!("#{id}")));
    value.insert("@type".into(), json!(types));
    if let Some(label) = label {
        value.insert("rdfs:label".into(), both(label));
    }
    for (name, member) in members {
        let empty = member.is_null() || member.as_array().is_some_and(Vec::is_empty);
        if !empty {
            value.insert(name.to_owned(), member);
        }
    }
    value.into()
}

fn notice(model: &Model) -> Value {
    let policy = &model.policy;
    json!({
        "@id": policy.notice_url,
        "@type": "dpv:PrivacyNotice",
        "dct:title": format!("{} {}", policy.id, policy.version),
        "dct:identifier": policy.hash.to_string(),
        "dct:issued": { "@value": policy.valid_from.to_string(), "@type": "xsd:date" },
        "dct:conformsTo": to(VERSION),
    })
}

fn parties(model: &Model, tenant: Option<&str>) -> Vec<Value> {
    let party = &model.controller;
    let tenants = model.audience_with(Relation::SubjectOfTenant).is_some();
    let mut types = vec!["dpv:DataController"];
    types.extend(tenants.then_some("dpv:DataProcessor"));
    let contact: Vec<_> =
        [Some(&party.email), party.phone.as_ref(), party.contact_url.as_ref()].into_iter().flatten().collect();
    let officer = matches!(model.dpo, Dpo::Appointed { .. }).then(|| own("dpo"));
    let mut nodes = vec![
        node(
            "controller",
            &types,
            None,
            vec![
                ("dpv:hasName", json!(party.name)),
                ("dpv:hasAddress", json!(party.address)),
                ("dpv:hasContact", json!(contact)),
                ("dpv:hasCountry", place(&party.country)),
                ("dpv:hasDataProtectionOfficer", json!(officer)),
                ("dpv:hasAuthority", own("authority")),
            ],
        ),
        node(
            "authority",
            &["dpv:DataProtectionAuthority"],
            Some(&model.authority.name),
            vec![("dpv:hasContact", json!(model.authority.url)), ("dpv:hasAddress", json!(model.authority.address))],
        ),
    ];
    if let Dpo::Appointed { name, email } = &model.dpo {
        let members = vec![("dpv:hasName", json!(name)), ("dpv:hasContact", json!(email))];
        nodes.push(node("dpo", &["dpv:DataProtectionOfficer"], None, members));
    }
    if tenants {
        let name = tenant.map_or_else(
            || {
                said(|lang| {
                    words::pick(lang, "das Unternehmen, das den Dienst nutzt", "the business that uses the service")
                })
            },
            |tenant| json!(tenant),
        );
        nodes.push(node("tenant", &["dpv:DataController"], None, vec![("dpv:hasName", name)]));
    }
    nodes
}

fn data(model: &Model, name: &ClassName, class: &DataClass) -> Value {
    let mut types = vec!["dpv:PersonalData"];
    types.push(match class.source {
        Source::Subject => "dpv:ProvidedPersonalData",
        Source::Own => "dpv:GeneratedPersonalData",
        Source::Third { .. } => "dpv:CollectedPersonalData",
    });
    types.extend(class.special.map(|special| {
        if special == Special::Criminal { "dpv:SensitivePersonalData" } else { "dpv:SpecialCategoryPersonalData" }
    }));
    let source: Vec<_> = match class.source {
        Source::Subject => vec![to("dpv:DataSubjectDataSource")],
        Source::Own => vec![to("dpv:DataControllerDataSource")],
        Source::Third { public: true, .. } => vec![to("dpv:ThirdPartyDataSource"), to("dpv:PublicDataSource")],
        Source::Third { public: false, .. } => vec![to("dpv:ThirdPartyDataSource"), to("dpv:NonPublicDataSource")],
    };
    let necessity = match class.needed {
        Needed::Contract | Needed::Law => to("dpv:Required"),
        Needed::No => to("dpv:Optional"),
    };
    let fields: Vec<_> = class
        .fields
        .iter()
        .map(|field| {
            let label = said(|lang| words::field(model, field, lang));
            match concept(model, field.as_str()) {
                Some(concept) => json!({ "@type": ["dpv:PersonalData", concept], "rdfs:label": label }),
                None => json!({ "@type": "dpv:PersonalData", "rdfs:label": label }),
            }
        })
        .collect();
    let goes = |retention: &Retention| retention.data.contains(name) || retention.cascade.contains(name);
    let kept = model.retentions.iter().filter(|(_, retention)| goes(retention));
    let kept: Vec<_> = kept.map(|(retention, _)| own(&format!("retain.{retention}"))).collect();
    node(
        &format!("data.{name}"),
        &types,
        Some(&class.label),
        vec![
            ("dpv:hasDataSubject", own(&format!("audience.{}", class.audience))),
            ("dpv:hasDataSource", json!(source)),
            ("dpv:hasNecessity", necessity),
            ("dpv:hasStorageCondition", json!(kept)),
            ("dct:hasPart", json!(fields)),
        ],
    )
}

/// The concept of the extension for personal data, where a field or its format has one.
fn concept(model: &Model, field: &str) -> Option<&'static str> {
    let by_name = match field {
        "name" => Some("pd:Name"),
        "address" => Some("pd:PhysicalAddress"),
        "email" => Some("pd:EmailAddress"),
        "phone" => Some("pd:TelephoneNumber"),
        "iban" => Some("pd:BankAccount"),
        _ => None,
    };
    by_name.or_else(|| match model.words.get(field)?.format {
        FieldFormat::Name => Some("pd:Name"),
        FieldFormat::Email => Some("pd:EmailAddress"),
        FieldFormat::Phone => Some("pd:TelephoneNumber"),
        FieldFormat::Iban => Some("pd:BankAccount"),
        FieldFormat::Address => Some("pd:PhysicalAddress"),
        FieldFormat::Ip => Some("pd:IPAddress"),
        FieldFormat::Text | FieldFormat::Date | FieldFormat::Number => None,
    })
}

/// How long: the rule as a sentence, and as a length where it is one.
fn storage(model: &Model, name: &str, retention: &Retention) -> Value {
    let mut types = vec!["dpv:StorageDuration"];
    let rules: Vec<_> = retention.stages.iter().flat_map(|stage| words::simple(&stage.rule)).collect();
    let lengths: Vec<_> = rules
        .iter()
        .filter_map(|rule| match rule {
            Rule::After { period, .. } => Some(json!({ "@value": words::iso(*period), "@type": "xsd:duration" })),
            _ => None,
        })
        .collect();
    types.push(if lengths.is_empty() { "dpv:UntilEventDuration" } else { "dpv:TemporalDuration" });
    types.extend(retention.stages.iter().any(|stage| stage.action == Action::Erase).then_some("dpv:StorageDeletion"));
    let law = retention
        .law
        .as_ref()
        .map(|law| json!({ "@type": "dpv:Law", "rdfs:label": said(|lang| say::statute(law, lang)) }));
    node(
        &format!("retain.{name}"),
        &types,
        None,
        vec![
            ("dct:description", said(|lang| words::erasure(model, retention, lang).join("; "))),
            ("rdf:value", json!(lengths)),
            ("dpv:hasApplicableLaw", json!(law)),
        ],
    )
}

fn receiving(name: &str, recipient: &Recipient) -> Value {
    let mut types = vec!["dpv:Recipient"];
    types.push(match recipient.kind {
        RecipientKind::Processor => "dpv:DataProcessor",
        RecipientKind::Tenant => "dpv:DataController",
        RecipientKind::Authority => "dpv:Authority",
        RecipientKind::Third => "dpv:ThirdParty",
        RecipientKind::Joint => "dpv:JointDataControllers",
    });
    let safeguard = recipient
        .safeguard
        .as_ref()
        .map(|safeguard| json!({ "@type": "dpv:DataTransferLegalBasis", "rdfs:label": both(&safeguard.name) }));
    let country = recipient
        .country
        .as_ref()
        .map(|country| (if in_eea(country) { "dpv:hasCountry" } else { "dpv:hasThirdCountry" }, place(country)));
    let contact: Vec<_> = recipient.contact.iter().collect();
    let mut members = vec![
        ("dpv:hasName", json!(recipient.name)),
        ("dpv:hasAddress", json!(recipient.address)),
        ("dpv:hasContact", json!(contact)),
        ("dpv:hasLegalBasis", json!(safeguard)),
    ];
    members.extend(country);
    node(&format!("recipient.{name}"), &types, Some(&recipient.label), members)
}

/// One process: a purpose with the data, the people and the controller it concerns.
fn process(model: &Model, name: &PurposeName, purpose: &Purpose, behalf: bool) -> Option<Value> {
    let classes = activity::classes(model, purpose, behalf);
    if classes.is_empty() {
        return None;
    }
    let refer = |kind: &str, name: &str| own(&format!("{kind}.{name}"));
    let mut people: Vec<_> = classes.iter().filter_map(|class| Some(&model.data.get(*class)?.audience)).collect();
    people.dedup();
    let kept = model.retentions.iter().filter(|(_, one)| one.data.iter().any(|class| classes.contains(&class)));
    let mut bases = vec![to(&basis(&purpose.basis, &people, model))];
    bases.extend(purpose.exception.map(|one| to(&format!("eu-gdpr:A9-2-{}", words::exception_letter(one)))));
    let mut steps = vec![to("dpv:Store"), to("dpv:Use")];
    steps.extend(purpose.profiling.then(|| to("dpv:Profiling")));
    let measures: Vec<_> = model.measures.keys().map(|measure| refer("measure", measure.as_str())).collect();
    let storage: Vec<_> = kept
        .map(|(retention, _)| refer("retain", retention.as_str()))
        .chain(std::iter::once(json!({
            "@type": "dpv:StorageLocation",
            "dpv:hasCountry": place(&model.storage.country),
        })))
        .collect();
    let recipients: Vec<_> = activity::recipients(model, Some(name), &classes)
        .into_iter()
        .map(|(name, _)| refer("recipient", name))
        .collect();
    let id = if behalf { format!("process.{name}.on-behalf") } else { format!("process.{name}") };
    let processor = behalf.then(|| own("controller"));
    Some(node(
        &id,
        &["dpv:Process", "dpv:PersonalDataProcess"],
        Some(&purpose.label),
        vec![
            ("dpv:hasPurpose", refer("purpose", name.as_str())),
            ("dpv:hasPersonalData", classes.iter().map(|class| refer("data", class.as_str())).collect()),
            ("dpv:hasDataSubject", people.iter().map(|audience| refer("audience", audience.as_str())).collect()),
            ("dpv:hasLegalBasis", json!(bases)),
            ("dpv:hasProcessing", json!(steps)),
            ("dpv:hasDataController", own(if behalf { "tenant" } else { "controller" })),
            ("dpv:hasDataProcessor", json!(processor)),
            ("dpv:hasRecipient", json!(recipients)),
            ("dpv:hasStorageCondition", json!(storage)),
            ("dpv:hasTechnicalOrganisationalMeasure", json!(measures)),
            ("dpv:hasRight", rights(&purpose.basis)),
            ("dpv:hasNotice", to(&model.policy.notice_url)),
        ],
    ))
}

/// The term of the legal basis (Art. 6(1)).
fn basis(basis: &Basis, people: &[&obhut_core::id::AudienceName], model: &Model) -> String {
    let applicants = people
        .iter()
        .all(|audience| model.audiences.get(*audience).is_some_and(|known| known.relation == Relation::Applicant));
    match basis {
        Basis::Contract if applicants => "eu-gdpr:A6-1-b-enter-into-contract".to_owned(),
        other => format!("eu-gdpr:A6-1-{}", words::letter(other)),
    }
}

/// The rights that processing on this basis gives.
fn rights(basis: &Basis) -> Value {
    let mut rights = vec!["A13", "A15", "A16", "A17", "A18", "A77"];
    match basis {
        Basis::Consent(_) => rights.extend(["A7-3", "A20"]),
        Basis::Contract => rights.push("A20"),
        Basis::Interest(_) | Basis::Public => rights.push("A21"),
        Basis::Law(_) | Basis::Vital => {}
    }
    rights.into_iter().map(|right| to(&format!("eu-gdpr:{right}"))).collect()
}
