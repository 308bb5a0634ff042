//! One text for one policy, and its hash.
//!
//! The canonical form has one line for each fact, `path = "value"`, in the order in which the notice presents the
//! tables and in a fixed order inside of each. Comments, spacing, the division into files, the order of keys and the
//! way a rule is spelled do not show in it; every word a person reads, every rule and every name does.

use std::fmt::Write as _;

use obhut_core::model::{
    Action, Acts, Basis, Dpo, ExportFormat, Lang, Meanwhile, Method, Model, Needed, Others, PolicyHash, RecipientKind,
    Relation, Sender, Source, Text,
};

use crate::sentence;

/// The hash of the canonical form.
pub fn hash(model: &Model) -> PolicyHash {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text(model).as_bytes());
    // SHA-256 has 32 bytes.
    PolicyHash(digest.as_ref().try_into().unwrap_or_default())
}

/// The canonical form.
pub fn text(model: &Model) -> String {
    let mut lines = Lines::default();
    lines.put("format", "obhut-policy/1");
    head(&mut lines, model);
    inventory(&mut lines, model);
    time(&mut lines, model);
    outside(&mut lines, model);
    lines.0
}

/// The lines so far.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn put(&mut self, path: &str, value: &str) {
        // Quoted as JSON quotes it, so that no text can pretend to be a line of its own. Writing to a string does not fail.
        let _ = writeln!(self.0, "{path} = {}", serde_json::Value::from(value));
    }

    fn maybe(&mut self, path: &str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.put(path, value.as_ref());
        }
    }

    fn flag(&mut self, path: &str, value: bool) {
        self.put(path, if value { "true" } else { "false" });
    }

    fn text(&mut self, path: &str, text: &Text) {
        for lang in Lang::ALL {
            self.put(&format!("{path}.{}", lang.tag()), text.get(lang));
        }
    }

    fn list<'v>(&mut self, path: &str, values: impl IntoIterator<Item = &'v str>) {
        for value in values {
            self.put(&format!("{path}[]"), value);
        }
    }
}

fn head(lines: &mut Lines, model: &Model) {
    let policy = &model.policy;
    lines.put("policy.id", &policy.id);
    lines.put("policy.version", &policy.version);
    lines.put("policy.valid_from", &policy.valid_from.to_string());
    lines.list("policy.languages", policy.languages.iter().map(|lang| lang.tag()));
    lines.put("policy.time_zone", policy.zone.iana_name().unwrap_or("UTC"));
    lines.put("policy.sweep", &sentence::period_text(policy.sweep));
    lines.maybe("policy.announce", policy.announce.map(sentence::period_text));
    lines.put("policy.notice_url", &policy.notice_url);

    let controller = &model.controller;
    lines.put("controller.name", &controller.name);
    lines.put("controller.address", &controller.address);
    lines.put("controller.country", &controller.country);
    lines.put("controller.email", &controller.email);
    lines.maybe("controller.phone", controller.phone.as_ref());
    lines.maybe("controller.contact_url", controller.contact_url.as_ref());

    match &model.dpo {
        Dpo::Appointed { name, email } => {
            lines.put("dpo.name", name);
            lines.put("dpo.email", email);
        }
        Dpo::NotRequired { reason } => lines.text("dpo.reason", reason),
    }
    lines.text("authority.name", &model.authority.name);
    lines.put("authority.url", &model.authority.url);
}

fn inventory(lines: &mut Lines, model: &Model) {
    for (name, audience) in &model.audiences {
        let path = format!("audience.{name}");
        lines.put(&format!("{path}.relation"), relation(audience.relation));
        lines.text(&format!("{path}.label"), &audience.label);
        lines.text(&format!("{path}.intro"), &audience.intro);
    }
    for (name, class) in &model.data {
        let path = format!("data.{name}");
        lines.put(&format!("{path}.audience"), class.audience.as_str());
        lines.list(&format!("{path}.fields"), class.fields.iter().map(obhut_core::id::FieldName::as_str));
        let source = match &class.source {
            Source::Subject => "subject",
            Source::Own => "own",
            Source::Third(_) => "third",
        };
        lines.put(&format!("{path}.source"), source);
        if let Source::Third(name) = &class.source {
            lines.text(&format!("{path}.source_name"), name);
        }
        let needed = match class.needed {
            Needed::Contract => "contract",
            Needed::Law => "law",
            Needed::No => "no",
        };
        lines.put(&format!("{path}.needed"), needed);
        lines.maybe(
            &format!("{path}.only_if"),
            class.only_if.as_ref().map(|only| format!("{}.{} = {}", only.class, only.field, only.equals)),
        );
        lines.maybe(&format!("{path}.identity"), class.identity.as_ref().map(obhut_core::id::FieldName::as_str));
        lines.flag(&format!("{path}.statutory"), class.statutory);
        lines.text(&format!("{path}.label"), &class.label);
    }
    for (name, purpose) in &model.purposes {
        let path = format!("purpose.{name}");
        lines.list(&format!("{path}.data"), purpose.data.iter().map(obhut_core::id::ClassName::as_str));
        if let Some(fields) = &purpose.fields {
            lines.list(&format!("{path}.fields"), fields.iter().map(obhut_core::id::FieldName::as_str));
        }
        let basis = match &purpose.basis {
            Basis::Contract => "contract".into(),
            Basis::Law(_) => "law".into(),
            Basis::Interest(_) => "interest".into(),
            Basis::Consent(consent) => format!("consent:{consent}"),
            Basis::Vital => "vital".into(),
            Basis::Public => "public".into(),
        };
        lines.put(&format!("{path}.basis"), &basis);
        match &purpose.basis {
            Basis::Law(law) => lines.put(&format!("{path}.law"), law),
            Basis::Interest(interest) => lines.text(&format!("{path}.interest"), interest),
            _ => {}
        }
        lines.list(&format!("{path}.roles"), purpose.roles.iter().map(obhut_core::id::RoleName::as_str));
        lines.maybe(&format!("{path}.requires"), purpose.requires.as_ref().map(obhut_core::id::EventName::as_str));
        lines.flag(&format!("{path}.export"), purpose.export);
        lines.text(&format!("{path}.label"), &purpose.label);
    }
    for (name, consent) in &model.consents {
        let path = format!("consent.{name}");
        lines.list(&format!("{path}.audience"), consent.audiences.iter().map(obhut_core::id::AudienceName::as_str));
        let method = match consent.method {
            Method::OptIn => "opt-in",
            Method::DoubleOptIn => "double-opt-in",
        };
        lines.put(&format!("{path}.method"), method);
        lines.put(&format!("{path}.where"), &consent.asked_on);
        lines.text(&format!("{path}.text"), &consent.text);
        lines.maybe(&format!("{path}.expires"), consent.expires.map(sentence::period_text));
    }
    for (name, event) in &model.events {
        let path = format!("event.{name}");
        lines.text(&path, &event.phrase);
        if let Some(last) = &event.last {
            lines.text(&format!("{path}.last"), last);
        }
    }
    for (name, role) in &model.roles {
        let acts = match role.acts {
            Acts::Tenant => "tenant",
            Acts::Operator => "operator",
            Acts::System => "system",
            Acts::Form => "form",
        };
        lines.put(&format!("role.{name}.acts"), acts);
        lines.text(&format!("role.{name}.label"), &role.label);
    }
}

fn time(lines: &mut Lines, model: &Model) {
    for (name, retention) in &model.retentions {
        let path = format!("retain.{name}");
        lines.list(&format!("{path}.data"), retention.data.iter().map(obhut_core::id::ClassName::as_str));
        lines.maybe(&format!("{path}.when"), retention.when.as_ref().map(sentence::condition_text));
        for stage in &retention.stages {
            lines.put(&format!("{path}.rule"), &sentence::canonical(&stage.rule));
            let action = match stage.action {
                Action::Erase => "erase",
                Action::Anonymise => "anonymise",
                Action::Restrict => "restrict",
            };
            lines.put(&format!("{path}.action"), action);
        }
        lines.maybe(&format!("{path}.unless"), retention.unless.as_ref().map(|consent| format!("consent:{consent}")));
        lines.maybe(&format!("{path}.cancel"), retention.cancel.as_ref().map(obhut_core::id::EventName::as_str));
        let meanwhile = retention.meanwhile.map(|meanwhile| match meanwhile {
            Meanwhile::Restrict => "restrict",
            Meanwhile::ExportOnly => "export-only",
        });
        lines.maybe(&format!("{path}.meanwhile"), meanwhile);
        lines.maybe(&format!("{path}.leaves"), retention.leaves_proof.then_some("proof"));
        lines.list(&format!("{path}.cascade"), retention.cascade.iter().map(obhut_core::id::ClassName::as_str));
        lines.maybe(&format!("{path}.law"), retention.law.as_ref());
    }
    for (name, hold) in &model.holds {
        let path = format!("hold.{name}");
        lines.list(&format!("{path}.data"), hold.data.iter().map(obhut_core::id::ClassName::as_str));
        lines.put(&format!("{path}.purpose"), hold.purpose.as_str());
        lines.text(&format!("{path}.ground"), &hold.ground);
        lines.put(&format!("{path}.until"), &sentence::period_text(hold.until));
    }
}

fn outside(lines: &mut Lines, model: &Model) {
    for (name, recipient) in &model.recipients {
        let path = format!("recipient.{name}");
        let kind = match recipient.kind {
            RecipientKind::Processor => "processor",
            RecipientKind::Tenant => "tenant",
            RecipientKind::Authority => "authority",
            RecipientKind::Third => "third",
            RecipientKind::Joint => "joint",
        };
        lines.put(&format!("{path}.kind"), kind);
        lines.maybe(&format!("{path}.name"), recipient.name.as_ref());
        lines.maybe(&format!("{path}.country"), recipient.country.as_ref());
        if let Some(safeguard) = &recipient.safeguard {
            lines.text(&format!("{path}.safeguard"), &safeguard.name);
            lines.maybe(&format!("{path}.safeguard_until"), safeguard.until.map(|until| until.to_string()));
        }
        lines.list(&format!("{path}.data"), recipient.data.iter().map(obhut_core::id::ClassName::as_str));
        lines.maybe(&format!("{path}.agreement"), recipient.agreement.map(|date| date.to_string()));
        if let Some(only_if) = &recipient.only_if {
            lines.text(&format!("{path}.only_if"), only_if);
        }
        lines.put(&format!("{path}.approve"), &recipient.approvals.to_string());
        lines.text(&format!("{path}.label"), &recipient.label);
    }
    for (audience, others) in &model.disclosure.others {
        let others = match others {
            Others::Never => "never".into(),
            Others::WithConsent(consent) => format!("with-consent:{consent}"),
        };
        lines.put(&format!("disclosure.{audience}"), &others);
    }
    for (name, channel) in &model.messages {
        let path = format!("message.{name}");
        lines.put(&format!("{path}.audience"), channel.audience.as_str());
        let from = channel.from.iter().map(|sender| match sender {
            Sender::Operator => "operator",
            Sender::Tenant => "tenant",
        });
        lines.list(&format!("{path}.from"), from);
        lines.list(&format!("{path}.purposes"), channel.purposes.iter().map(obhut_core::id::PurposeName::as_str));
    }
    for (name, cookie) in &model.cookies {
        let path = format!("cookie.{name}");
        lines.put(&format!("{path}.name"), &cookie.name);
        lines.text(&format!("{path}.purpose"), &cookie.purpose);
        lines.maybe(&format!("{path}.consent"), cookie.consent.as_ref().map(obhut_core::id::ConsentName::as_str));
        lines.flag(&format!("{path}.session"), cookie.session);
        lines.put(&format!("{path}.keep"), &sentence::canonical(&cookie.keep));
        lines.text(&format!("{path}.content"), &cookie.content);
    }
    for (audience, log) in &model.logs {
        lines.flag(&format!("log.{audience}.address"), log.address);
        lines.flag(&format!("log.{audience}.metadata"), log.metadata);
    }
    lines.put("storage.processor", model.storage.processor.as_str());
    lines.put("storage.country", &model.storage.country);
    let formats = model.export.formats.iter().map(|format| match format {
        ExportFormat::Json => "json",
        ExportFormat::Csv => "csv",
    });
    lines.list("export.formats", formats);
    lines.put("rights.deadline", &sentence::period_text(model.rights.deadline));
    lines.put("rights.email", &model.rights.email);
    lines.maybe("rights.contact_url", model.rights.contact_url.as_ref());
    if let Some(tenant_can) = &model.rights.tenant_can {
        lines.text("rights.tenant_can", tenant_can);
    }
    lines.flag("automated_decisions.used", model.automated_decisions.used);
    lines.text("automated_decisions.text", &model.automated_decisions.text);
}

const fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Tenant => "tenant",
        Relation::SubjectOfTenant => "subject-of-tenant",
        Relation::Customer => "customer",
        Relation::Visitor => "visitor",
        Relation::Applicant => "applicant",
        Relation::Supplier => "supplier",
    }
}
