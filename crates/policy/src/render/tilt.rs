//! The notice in the Transparency Information Language (TILT): one document for each audience.
//!
//! The language asks for members that a policy need not have, and knows no way to leave them out: an authority's
//! address that is not given is an empty text, the country of a controller that is not known is `ZZ` (for the use of
//! those who need it, ISO 3166-1).

use obhut_core::{
    id::{Anchor, AudienceName, ClassName},
    model::{
        Basis, DataClass, Dpo, ExportFormat, Factor, Lang, Model, Needed, Purpose, Recipient, Relation, Retention,
        Right, Source,
    },
    rule::Rule,
};
use serde_json::{Map, Value, json};

use super::words::{self, pick};
use crate::{
    notice::Notice,
    say::{self, words as both},
};

/// Who reads, and the sentences of their notice.
struct Reader<'a> {
    model: &'a Model,
    name: &'a AudienceName,
    notice: Notice,
    lang: Lang,
    tenant: Option<&'a str>,
}

/// The document for an audience; none if the policy does not have it.
pub(super) fn value(model: &Model, name: &AudienceName, tenant: Option<&str>, lang: Lang) -> Option<Value> {
    let notice = Notice::for_tenant(model, name, lang, tenant)?;
    let reader = Reader { model, name, notice, lang, tenant };
    let mut value = Map::new();
    for (member, content) in [
        ("meta", meta(&reader)),
        ("controller", controller(&reader)),
        ("dataProtectionOfficer", officer(&reader)),
        ("dataDisclosed", reader.classes().map(|(name, class)| disclosed(&reader, name, class)).collect()),
        ("thirdCountryTransfers", transfers(&reader)),
        ("accessAndDataPortability", access(&reader)),
        ("sources", sources(&reader)),
        ("rightToInformation", right(&reader, &["access"], Right::Access)),
        ("rightToRectificationOrDeletion", right(&reader, &["rectification", "erasure"], Right::Erasure)),
        ("rightToDataPortability", right(&reader, &["portability"], Right::Portability)),
        ("rightToWithdrawConsent", right(&reader, &["withdrawal"], Right::Withdrawal)),
        ("rightToComplain", complaint(&reader)),
        ("automatedDecisionMaking", automated(&reader)),
        ("changesOfPurpose", json!([])),
    ] {
        value.insert(member.to_owned(), content);
    }
    Some(value.into())
}

impl<'a> Reader<'a> {
    fn classes(&self) -> impl Iterator<Item = (&'a ClassName, &'a DataClass)> {
        let name = self.name;
        self.model.data.iter().filter(move |(_, class)| class.audience == *name)
    }

    fn pick(&self, de: &str, en: &str) -> String {
        pick(self.lang, de, en)
    }

    /// The sentence of the notice about an entry of the policy.
    fn sentence(&self, kind: &str, name: &str) -> Option<String> {
        self.notice.sentence(&Anchor::of(kind, name))
    }

    /// The same without the words that say what it is about.
    fn text(&self, kind: &str, name: &str) -> Option<String> {
        let anchor = Anchor::of(kind, name);
        let mut items = self.notice.sections.iter().flat_map(|section| &section.items);
        items.find(|item| item.anchor == anchor).map(|item| item.text.clone())
    }

    fn on_behalf(&self) -> bool {
        self.model.audiences.get(self.name).is_some_and(|audience| audience.relation == Relation::SubjectOfTenant)
    }

    fn url(&self) -> &str {
        self.model.rights.contact_url.as_deref().unwrap_or(&self.model.policy.notice_url)
    }
}

fn meta(reader: &Reader<'_>) -> Value {
    let policy = &reader.model.policy;
    // The language counts versions with whole numbers.
    let digits: String = policy.version.chars().take_while(char::is_ascii_digit).collect();
    let version = digits.parse::<u32>().unwrap_or(1).max(1);
    json!({
        "_id": format!("{}/{}/{}/{}", policy.id, policy.version, reader.name, reader.lang.tag()),
        "name": reader.model.controller.name,
        "created": policy.valid_from.to_string(),
        "modified": policy.valid_from.to_string(),
        "version": version,
        "language": reader.lang.tag(),
        "status": "active",
        "url": policy.notice_url,
        "_hash": policy.hash.to_string(),
    })
}

fn controller(reader: &Reader<'_>) -> Value {
    let party = &reader.model.controller;
    let mut representative = json!({ "name": party.name, "email": party.email });
    if let (Some(phone), Some(members)) = (&party.phone, representative.as_object_mut()) {
        members.insert("phone".into(), json!(phone));
    }
    if reader.on_behalf() {
        let name = reader.tenant.map_or_else(
            || reader.pick("das Unternehmen, dessen Website Sie nutzen", "the business whose website you are using"),
            str::to_owned,
        );
        return json!({
            "name": name,
            "address": reader.pick("siehe Impressum seiner Website", "see the legal notice on its website"),
            "country": "ZZ",
            "representative": representative,
        });
    }
    json!({
        "name": party.name,
        "address": party.address,
        "country": party.country,
        "representative": representative,
    })
}

fn officer(reader: &Reader<'_>) -> Value {
    let party = &reader.model.controller;
    let (name, email, note) = match &reader.model.dpo {
        Dpo::Appointed { name, email } => (name.clone(), email, None),
        Dpo::NotRequired { reason } => {
            (reader.pick("nicht benannt", "none designated"), &party.email, Some(reason.get(reader.lang)))
        }
    };
    let mut value = json!({ "name": name, "address": party.address, "country": party.country, "email": email });
    if let (Some(note), Some(members)) = (note, value.as_object_mut()) {
        members.insert("description".into(), json!(note));
    }
    value
}

fn disclosed(reader: &Reader<'_>, name: &ClassName, class: &DataClass) -> Value {
    let (model, lang) = (reader.model, reader.lang);
    let uses: Vec<_> = model.purposes.iter().filter(|(_, purpose)| purpose.data.contains(name)).collect();
    let purposes: Vec<_> = uses
        .iter()
        .map(|(purpose, known)| {
            let label = say::capital(known.label.get(lang));
            let description = reader.text("purpose", purpose.as_str()).unwrap_or_default();
            json!({ "purpose": label, "description": description })
        })
        .collect();
    let recipients = super::activity::recipients(model, None, &[name]);
    let recipients: Vec<_> = recipients.into_iter().map(|(_, known)| receiving(known, lang)).collect();
    let kept = model
        .retentions
        .iter()
        .filter(|(_, retention)| retention.data.contains(name) || retention.cascade.contains(name));
    json!({
        "_id": format!("data.{name}"),
        "category": say::capital(class.label.get(lang)),
        "purposes": purposes,
        "legalBases": bases(model, uses.iter().map(|(_, purpose)| *purpose), lang),
        "legitimateInterests": interests(uses.iter().map(|(_, purpose)| *purpose), lang),
        "recipients": recipients,
        "storage": kept.map(|(rule, retention)| storage(reader, rule.as_str(), retention)).collect::<Vec<_>>(),
        "nonDisclosure": {
            "legalRequirement": class.needed == Needed::Law,
            "contractualRegulation": class.needed == Needed::Contract,
            "obligationToProvide": class.needed == Needed::Law && class.source == Source::Subject,
            "consequences": reader.text("data", name.as_str()).unwrap_or_default(),
        },
    })
}

fn bases<'a>(model: &Model, purposes: impl Iterator<Item = &'a Purpose>, lang: Lang) -> Vec<Value> {
    let mut bases: Vec<Value> = Vec::new();
    for purpose in purposes {
        let reference = format!("GDPR-6-1-{}", words::letter(&purpose.basis));
        let mut found =
            vec![json!({ "reference": reference, "description": words::basis(model, &purpose.basis, lang) })];
        found.extend(purpose.exception.map(|exception| {
            let reference = format!("GDPR-9-2-{}", words::exception_letter(exception));
            json!({ "reference": reference, "description": words::exception(exception, lang) })
        }));
        for one in found {
            if !bases.contains(&one) {
                bases.push(one);
            }
        }
    }
    bases
}

fn interests<'a>(purposes: impl Iterator<Item = &'a Purpose>, lang: Lang) -> Vec<Value> {
    let found: Vec<_> = purposes
        .filter_map(|purpose| match &purpose.basis {
            Basis::Interest(interest) => Some(json!({ "exists": true, "reasoning": interest.get(lang) })),
            _ => None,
        })
        .collect();
    if !found.is_empty() {
        return found;
    }
    let none = pick(
        lang,
        "Die Verarbeitung stützt sich nicht auf berechtigte Interessen.",
        "The processing is not based on legitimate interests.",
    );
    vec![json!({ "exists": false, "reasoning": none })]
}

fn receiving(recipient: &Recipient, lang: Lang) -> Value {
    let mut value = Map::new();
    let members = [
        ("name", recipient.name.clone()),
        ("address", recipient.address.clone()),
        ("country", recipient.country.clone()),
        ("category", Some(say::capital(recipient.label.get(lang)))),
    ];
    for (member, content) in members {
        if let Some(content) = content {
            value.insert(member.to_owned(), json!(content));
        }
    }
    if let (Some(name), Some(contact)) = (&recipient.name, &recipient.contact) {
        value.insert("representative".into(), json!({ "name": name, "email": contact }));
    }
    value.into()
}

fn storage(reader: &Reader<'_>, name: &str, retention: &Retention) -> Value {
    let (model, lang) = (reader.model, reader.lang);
    let mut temporal = Vec::new();
    let mut conditions = Vec::new();
    for rule in retention.stages.iter().flat_map(|stage| words::simple(&stage.rule)) {
        let text = say::capital(&say::rule(model, rule, lang));
        match rule {
            Rule::After { period, .. } => temporal.push(json!({ "description": text, "ttl": words::iso(*period) })),
            _ => conditions.push(text),
        }
    }
    conditions.extend(reader.text("retain", name));
    let laws: Vec<_> = retention.law.iter().map(|law| say::statute(law, lang)).collect();
    let earliest = retention.stages.iter().any(|stage| matches!(stage.rule, Rule::Earliest(_)));
    json!({
        "temporal": temporal,
        "purposeConditional": conditions,
        "legalBasisConditional": laws,
        "aggregationFunction": if earliest { "min" } else { "max" },
    })
}

/// One entry for each third country. Which instrument it is, the policy says in words.
fn transfers(reader: &Reader<'_>) -> Value {
    let lang = reader.lang;
    let classes: Vec<_> = reader.classes().map(|(name, _)| name).collect();
    super::activity::recipients(reader.model, None, &classes)
        .into_iter()
        .filter(|(_, recipient)| words::abroad(recipient))
        .map(|(_, recipient)| {
            let name = recipient.safeguard.as_ref().map_or("", |safeguard| safeguard.name.get(lang));
            let english = recipient.safeguard.as_ref().map_or_else(String::new, |one| one.name.en.to_lowercase());
            let adequacy = english.contains("adequacy");
            let clauses = english.contains("contractual clauses") || english.contains("protection clauses");
            let said =
                |available: bool| json!({ "available": available, "description": if available { name } else { "" } });
            json!({
                "country": recipient.country,
                "adequacyDecision": said(adequacy),
                "appropriateGuarantees": said(!adequacy && !english.is_empty() && !english.contains("consent")),
                "presenceOfEnforceableRightsAndEffectiveRemedies": said(adequacy || clauses),
                "standardDataProtectionClause": said(clauses),
            })
        })
        .collect()
}

fn access(reader: &Reader<'_>) -> Value {
    let formats: Vec<_> = reader
        .model
        .export
        .formats
        .iter()
        .map(|format| match format {
            ExportFormat::Json => "json",
            ExportFormat::Csv => "csv",
        })
        .collect();
    let mut value = right(reader, &["access", "portability"], Right::Access);
    if let Some(members) = value.as_object_mut() {
        members.insert("administrativeFee".into(), json!({ "amount": 0, "currency": "EUR" }));
        members.insert("dataFormat".into(), json!(formats.join(", ")));
        members.insert("dataFormats".into(), json!(formats));
    }
    value
}

fn sources(reader: &Reader<'_>) -> Value {
    let lang = reader.lang;
    reader
        .classes()
        .filter_map(|(name, class)| {
            let (description, public) = match &class.source {
                Source::Subject => return None,
                Source::Own => {
                    (pick(lang, "Diese Daten entstehen bei uns.", "These data arise in our own operations."), false)
                }
                Source::Third { name, public } => (name.get(lang).to_owned(), *public),
            };
            let url = format!("{}#data.{name}", reader.model.policy.notice_url);
            Some(json!({
                "_id": format!("source.{name}"),
                "dataCategory": say::capital(class.label.get(lang)),
                "sources": [{ "description": description, "url": url, "publiclyAvailable": public }],
            }))
        })
        .collect()
}

/// A right: what the notice says of it, where it is exercised, and what identifies the person.
fn right(reader: &Reader<'_>, names: &[&str], right: Right) -> Value {
    let sentences: Vec<_> = names.iter().filter_map(|name| reader.sentence("rights", name)).collect();
    let none = reader.pick(
        "Dieses Recht besteht hier nicht, weil seine Voraussetzungen nicht vorliegen.",
        "This right does not arise here, because its conditions are not met.",
    );
    json!({
        "available": !sentences.is_empty(),
        "description": if sentences.is_empty() { none } else { sentences.join(" ") },
        "url": reader.url(),
        "email": reader.model.rights.email,
        "identificationEvidences": evidences(reader, right),
    })
}

fn evidences(reader: &Reader<'_>, right: Right) -> Vec<String> {
    let (model, lang) = (reader.model, reader.lang);
    let mut found: Vec<String> = Vec::new();
    let identities = model.identities.values().filter(|identity| identity.rights.contains(&right));
    for factor in identities.flat_map(|identity| &identity.factors) {
        let text = match factor {
            Factor::LogIn => pick(lang, "Anmeldung", "login"),
            Factor::Mailbox => pick(lang, "Zugang zum Postfach", "control of the mailbox"),
            Factor::Field(field) => words::field(model, field, lang),
        };
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

fn complaint(reader: &Reader<'_>) -> Value {
    let authority = &reader.model.authority;
    json!({
        "available": true,
        "description": reader.sentence("authority", "complaint").unwrap_or_default(),
        "url": authority.url,
        "email": authority.email.as_deref().unwrap_or_default(),
        "identificationEvidences": [],
        "supervisoryAuthority": {
            "name": authority.name.get(reader.lang),
            "address": authority.address.as_deref().unwrap_or_default(),
            "country": reader.model.controller.country,
            "email": authority.email.as_deref().unwrap_or_default(),
            "phone": authority.phone.as_deref().unwrap_or_default(),
        },
    })
}

fn automated(reader: &Reader<'_>) -> Value {
    let decisions = &reader.model.automated_decisions;
    let text = decisions.text.get(reader.lang);
    let purpose = decisions.purpose.as_ref().and_then(|purpose| reader.model.purposes.get(purpose));
    let scope = purpose.map_or_else(
        || text.to_owned(),
        |purpose| {
            let label = purpose.label.get(reader.lang);
            both!(reader.lang, "Zweck: {label}. {text}", "Purpose: {label}. {text}")
        },
    );
    json!({ "inUse": decisions.used, "logicInvolved": text, "scopeAndIntendedEffects": scope })
}
