//! One text for one policy, and its hash.
//!
//! The canonical form has one line for each fact, `path = "value"`, in the order in which the notice presents the
//! tables and in a fixed order inside of each. Comments, spacing, the division into files, the order of keys and the
//! way a rule is spelled do not show in it; every word a person reads, every rule and every name does.

use std::fmt::Write as _;

use obhut_core::model::{
    Basis, DisclosureGround, Dpo, Factor, HoldKind, Lang, Lifetime, Meanwhile, Model, Others, PolicyHash, Recipient,
    Source, Text,
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

    fn maybe_text(&mut self, path: &str, text: Option<&Text>) {
        if let Some(text) = text {
            self.text(path, text);
        }
    }

    /// A flag that is written only where it is set.
    fn set(&mut self, path: &str, value: bool) {
        if value {
            self.flag(path, true);
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
    lines.list("policy.announce_by", policy.announce_by.iter().map(|by| by.word()));
    lines.list("policy.announce_for", policy.announce_for.iter().map(obhut_core::id::PurposeName::as_str));
    lines.maybe("policy.fiscal_year", policy.fiscal_year.map(|day| format!("{:02}-{:02}", day.month, day.day)));
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
    lines.maybe("authority.address", model.authority.address.as_ref());
    lines.maybe("authority.email", model.authority.email.as_ref());
    lines.maybe("authority.phone", model.authority.phone.as_ref());
    for (name, jurisdiction) in &model.jurisdictions {
        let path = format!("jurisdiction.{name}");
        let audiences = jurisdiction.audiences.iter().map(obhut_core::id::AudienceName::as_str);
        lines.list(&format!("{path}.audiences"), audiences);
        lines.put(&format!("{path}.law"), jurisdiction.law.word());
        lines.text(&format!("{path}.text"), &jurisdiction.text);
        lines.maybe_text(&format!("{path}.authority"), jurisdiction.authority.as_ref());
        lines.maybe(&format!("{path}.authority_url"), jurisdiction.authority_url.as_ref());
    }
    for (name, word) in &model.words {
        lines.text(&format!("word.{name}"), &word.text);
        lines.maybe_text(&format!("word.{name}.without"), word.without.as_ref());
        lines.put(&format!("word.{name}.format"), word.format.word());
    }
}

fn inventory(lines: &mut Lines, model: &Model) {
    for (name, audience) in &model.audiences {
        let path = format!("audience.{name}");
        lines.put(&format!("{path}.relation"), audience.relation.word());
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
            Source::Third { .. } => "third",
        };
        lines.put(&format!("{path}.source"), source);
        if let Source::Third { name, public } = &class.source {
            lines.text(&format!("{path}.source_name"), name);
            lines.set(&format!("{path}.public_source"), *public);
        }
        lines.put(&format!("{path}.needed"), class.needed.word());
        lines.maybe_text(&format!("{path}.consequence"), class.consequence.as_ref());
        lines.maybe(
            &format!("{path}.only_if"),
            class.only_if.as_ref().map(|only| format!("{}.{} = {}", only.class, only.field, only.equals)),
        );
        lines.maybe(&format!("{path}.identity"), class.identity.as_ref().map(obhut_core::id::FieldName::as_str));
        lines.flag(&format!("{path}.statutory"), class.statutory);
        lines.maybe(&format!("{path}.special"), class.special.map(obhut_core::model::Special::word));
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
        lines.maybe(&format!("{path}.exception"), purpose.exception.map(obhut_core::model::Exception::word));
        lines.maybe_text(&format!("{path}.objection"), purpose.objection.as_ref());
        lines.maybe(&format!("{path}.balance"), purpose.balance.as_ref());
        lines.list(&format!("{path}.roles"), purpose.roles.iter().map(obhut_core::id::RoleName::as_str));
        lines.maybe(&format!("{path}.requires"), purpose.requires.as_ref().map(obhut_core::id::EventName::as_str));
        lines.maybe(&format!("{path}.until"), purpose.until.as_ref().map(sentence::canonical));
        lines.flag(&format!("{path}.export"), purpose.export);
        lines.set(&format!("{path}.marketing"), purpose.marketing);
        lines.set(&format!("{path}.profiling"), purpose.profiling);
        lines.text(&format!("{path}.label"), &purpose.label);
    }
    for (name, consent) in &model.consents {
        let path = format!("consent.{name}");
        lines.list(&format!("{path}.audience"), consent.audiences.iter().map(obhut_core::id::AudienceName::as_str));
        lines.put(&format!("{path}.method"), consent.method.word());
        lines.put(&format!("{path}.where"), &consent.asked_on);
        lines.text(&format!("{path}.text"), &consent.text);
        lines.maybe(&format!("{path}.expires"), consent.expires.map(sentence::period_text));
        lines.maybe(&format!("{path}.confirm_within"), consent.confirm_within.map(sentence::period_text));
        lines.maybe(&format!("{path}.proof"), consent.proof.as_ref().map(obhut_core::id::ClassName::as_str));
        lines.list(&format!("{path}.withdraw"), consent.withdraw.iter().map(|by| by.word()));
    }
    for (name, event) in &model.events {
        let path = format!("event.{name}");
        lines.text(&path, &event.phrase);
        if let Some(last) = &event.last {
            lines.text(&format!("{path}.last"), last);
        }
        lines.maybe(&format!("{path}.derived"), event.derived.as_ref().map(sentence::canonical));
        let withdrawal = event.withdrawal.as_ref();
        lines.maybe(&format!("{path}.withdrawal"), withdrawal.map(obhut_core::id::ConsentName::as_str));
    }
    for (name, role) in &model.roles {
        lines.put(&format!("role.{name}.acts"), role.acts.word());
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
            lines.put(&format!("{path}.action"), stage.action.word());
        }
        lines.maybe(&format!("{path}.unless"), retention.unless.as_ref().map(|consent| format!("consent:{consent}")));
        lines.maybe(&format!("{path}.cancel"), retention.cancel.as_ref().map(obhut_core::id::EventName::as_str));
        let meanwhile = retention.meanwhile.as_ref().map(|meanwhile| match meanwhile {
            Meanwhile::Restrict => "restrict".to_owned(),
            Meanwhile::ExportOnly => "export-only".to_owned(),
            Meanwhile::Only(purpose) => format!("only:{purpose}"),
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
        match &hold.kind {
            HoldKind::Dispute { until } => lines.put(&format!("{path}.until"), &sentence::period_text(*until)),
            HoldKind::Statute { law, rule } => {
                lines.put(&format!("{path}.law"), law);
                lines.put(&format!("{path}.rule"), &sentence::canonical(rule));
            }
        }
    }
}

fn outside(lines: &mut Lines, model: &Model) {
    for (name, recipient) in &model.recipients {
        self::recipient(lines, &format!("recipient.{name}"), recipient);
    }
    for (audience, others) in &model.disclosure.others {
        let others = match others {
            Others::Never => "never".into(),
            Others::WithConsent(consent) => format!("with-consent:{consent}"),
        };
        lines.put(&format!("disclosure.{audience}"), &others);
    }
    lines.maybe("disclosure.sale", model.disclosure.never_sold.then_some("never"));
    for (name, channel) in &model.messages {
        let path = format!("message.{name}");
        lines.put(&format!("{path}.audience"), channel.audience.as_str());
        lines.list(&format!("{path}.from"), channel.from.iter().map(|sender| sender.word()));
        lines.list(&format!("{path}.purposes"), channel.purposes.iter().map(obhut_core::id::PurposeName::as_str));
        lines.maybe(&format!("{path}.unsubscribe"), channel.unsubscribe.then_some("link"));
        lines.list(&format!("{path}.topics"), channel.topics.iter().map(obhut_core::id::TopicName::as_str));
    }
    devices(lines, model);
    places(lines, model);
    lines.list("export.formats", model.export.formats.iter().map(|format| format.word()));
    lines.maybe("export.window", model.export.window.as_ref().map(sentence::canonical));
    lines.maybe("export.link", model.export.link.map(sentence::period_text));
    lines.maybe_text("export.transfer_reason", model.export.no_transfer.as_ref());
    let access = &model.access;
    lines.maybe("access.instruction", access.instruction.as_ref().map(obhut_core::id::EventName::as_str));
    lines.list("access.notes", access.notes.iter().map(|noted| noted.word()));
    lines.maybe("access.notify", access.notify.map(sentence::period_text));
    if let Some(emergency) = access.emergency {
        lines.flag("access.emergency", emergency);
    }
    lines.maybe("access.review", access.review.map(sentence::period_text));
    lines.maybe("access.unused", access.unused.map(sentence::period_text));
    for (name, identity) in &model.identities {
        let path = format!("identity.{name}");
        lines.list(&format!("{path}.rights"), identity.rights.iter().map(|right| right.word()));
        for factor in &identity.factors {
            match factor {
                Factor::LogIn => lines.put(&format!("{path}.factors[]"), "login"),
                Factor::Mailbox => lines.put(&format!("{path}.factors[]"), "mailbox"),
                Factor::Field(field) => lines.put(&format!("{path}.factors[]"), &format!("field:{field}")),
            }
        }
        lines.maybe(&format!("{path}.tries"), identity.tries.map(|tries| tries.to_string()));
        lines.maybe(&format!("{path}.verifier"), identity.verifier.as_ref().map(obhut_core::id::RecipientName::as_str));
        lines.set(&format!("{path}.agents"), identity.agents);
    }
    lines.put("rights.deadline", &sentence::period_text(model.rights.deadline));
    lines.put("rights.email", &model.rights.email);
    lines.maybe("rights.contact_url", model.rights.contact_url.as_ref());
    lines.maybe_text("rights.tenant_can", model.rights.tenant_can.as_ref());
    lines.list("rights.channels", model.rights.channels.iter().map(|channel| channel.word()));
    lines.set("rights.written", model.rights.written);
    lines.maybe("rights.tenant_requests", model.rights.forwards.then_some("forward"));
    lines.flag("automated_decisions.used", model.automated_decisions.used);
    let automated = &model.automated_decisions;
    lines.maybe("automated_decisions.purpose", automated.purpose.as_ref().map(obhut_core::id::PurposeName::as_str));
    lines.maybe("automated_decisions.review", automated.review.as_ref().map(obhut_core::id::RoleName::as_str));
    lines.text("automated_decisions.text", &automated.text);
}

fn recipient(lines: &mut Lines, path: &str, recipient: &Recipient) {
    lines.put(&format!("{path}.kind"), recipient.kind.word());
    lines.maybe(&format!("{path}.name"), recipient.name.as_ref());
    lines.maybe(&format!("{path}.address"), recipient.address.as_ref());
    lines.maybe(&format!("{path}.contact"), recipient.contact.as_ref());
    lines.maybe(&format!("{path}.country"), recipient.country.as_ref());
    if let Some(safeguard) = &recipient.safeguard {
        lines.text(&format!("{path}.safeguard"), &safeguard.name);
        lines.maybe(&format!("{path}.safeguard_until"), safeguard.until.map(|until| until.to_string()));
    }
    lines.list(&format!("{path}.data"), recipient.data.iter().map(obhut_core::id::ClassName::as_str));
    let fields = recipient.fields.iter().flatten();
    lines.list(&format!("{path}.fields"), fields.map(obhut_core::id::FieldName::as_str));
    lines.list(&format!("{path}.purposes"), recipient.purposes.iter().map(obhut_core::id::PurposeName::as_str));
    lines.maybe(&format!("{path}.agreement"), recipient.agreement.map(|date| date.to_string()));
    lines.maybe(&format!("{path}.agreement_until"), recipient.agreement_until.map(|date| date.to_string()));
    lines.list(&format!("{path}.subprocessors"), recipient.subprocessors.iter().map(String::as_str));
    lines.maybe_text(&format!("{path}.arrangement"), recipient.arrangement.as_ref());
    let ground = recipient.ground.as_ref().map(|ground| match ground {
        DisclosureGround::Contract => "contract".to_owned(),
        DisclosureGround::Law => "law".to_owned(),
        DisclosureGround::Consent(consent) => format!("consent:{consent}"),
        DisclosureGround::Interest => "interest".to_owned(),
        DisclosureGround::Claims => "claims".to_owned(),
        DisclosureGround::Succession => "succession".to_owned(),
        DisclosureGround::Instruction => "instruction".to_owned(),
    });
    lines.maybe(&format!("{path}.ground"), ground);
    lines.maybe_text(&format!("{path}.only_if"), recipient.only_if.as_ref());
    lines.put(&format!("{path}.approve"), &recipient.approvals.to_string());
    lines.text(&format!("{path}.label"), &recipient.label);
}

/// What is stored on devices, loaded by pages, written into logs.
fn devices(lines: &mut Lines, model: &Model) {
    for (name, cookie) in &model.cookies {
        let path = format!("cookie.{name}");
        lines.put(&format!("{path}.name"), &cookie.name);
        lines.text(&format!("{path}.purpose"), &cookie.purpose);
        lines.maybe(&format!("{path}.consent"), cookie.consent.as_ref().map(obhut_core::id::ConsentName::as_str));
        lines.flag(&format!("{path}.session"), cookie.session);
        let keep = match &cookie.keep {
            Lifetime::Session => "session".to_owned(),
            Lifetime::For(period) => sentence::period_text(*period),
            Lifetime::Rule(rule) => sentence::canonical(rule),
        };
        lines.put(&format!("{path}.keep"), &keep);
        lines.text(&format!("{path}.content"), &cookie.content);
        lines.maybe(&format!("{path}.host"), cookie.host.as_ref());
        lines.maybe(&format!("{path}.service"), cookie.service.as_ref().map(obhut_core::id::ServiceName::as_str));
        lines.maybe(&format!("{path}.party"), cookie.party.map(obhut_core::model::CookieParty::word));
        lines.put(&format!("{path}.category"), cookie.category.word());
        lines.put(&format!("{path}.storage"), cookie.storage.word());
        lines.list(&format!("{path}.audiences"), cookie.audiences.iter().map(obhut_core::id::AudienceName::as_str));
    }
    for (name, service) in &model.services {
        let path = format!("service.{name}");
        lines.text(&format!("{path}.label"), &service.label);
        let provider = service.provider.as_ref();
        lines.maybe(&format!("{path}.provider"), provider.map(obhut_core::id::RecipientName::as_str));
        lines.list(&format!("{path}.hosts"), service.hosts.iter().map(String::as_str));
        lines.list(&format!("{path}.data"), service.data.iter().map(obhut_core::id::ClassName::as_str));
        lines.list(&format!("{path}.purposes"), service.purposes.iter().map(obhut_core::id::PurposeName::as_str));
        lines.maybe(&format!("{path}.consent"), service.consent.as_ref().map(obhut_core::id::ConsentName::as_str));
        lines.maybe(&format!("{path}.loads"), service.loads.map(obhut_core::model::Loads::word));
        lines.maybe_text(&format!("{path}.placeholder"), service.placeholder.as_ref());
        lines.maybe(&format!("{path}.country"), service.country.as_ref());
        lines.list(&format!("{path}.audiences"), service.audiences.iter().map(obhut_core::id::AudienceName::as_str));
    }
    for (name, log) in &model.logs {
        let path = format!("log.{name}");
        lines.list(&format!("{path}.audiences"), log.audiences.iter().map(obhut_core::id::AudienceName::as_str));
        lines.list(&format!("{path}.kinds"), log.kinds.iter().map(|kind| kind.word()));
        lines.put(&format!("{path}.address"), log.address.word());
        lines.put(&format!("{path}.mail"), log.mail.word());
        lines.flag(&format!("{path}.metadata"), log.metadata);
        let fields = log.fields.iter().flatten();
        lines.list(&format!("{path}.fields"), fields.map(obhut_core::id::FieldName::as_str));
        lines.list(&format!("{path}.purposes"), log.purposes.iter().map(obhut_core::id::PurposeName::as_str));
        lines.maybe(&format!("{path}.keep"), log.keep.as_ref().map(sentence::canonical));
        lines.maybe(&format!("{path}.attacks"), log.attacks.as_ref().map(obhut_core::id::ClassName::as_str));
        lines.maybe(&format!("{path}.join"), log.join.as_ref().map(|consent| format!("consent:{consent}")));
        lines.maybe_text(&format!("{path}.inspect"), log.inspect.as_ref());
        lines.set(&format!("{path}.tenant_settings"), log.tenant_settings);
    }
}

/// Where data and its copies lie, and with what care.
fn places(lines: &mut Lines, model: &Model) {
    lines.put("storage.processor", model.storage.processor.as_str());
    lines.put("storage.country", &model.storage.country);
    for (name, place) in &model.places {
        let path = format!("place.{name}");
        lines.list(&format!("{path}.holds"), place.holds.iter().map(|copies| copies.word()));
        lines.put(&format!("{path}.city"), &place.city);
        lines.put(&format!("{path}.country"), &place.country);
        lines.maybe(&format!("{path}.processor"), place.processor.as_ref().map(obhut_core::id::RecipientName::as_str));
        if let Some(certificate) = &place.certificate {
            lines.put(&format!("{path}.certificate"), &certificate.name);
            lines.maybe(&format!("{path}.certificate_until"), certificate.until.map(|until| until.to_string()));
        }
    }
    if let Some(backup) = &model.backup {
        lines.put("backup.every", &sentence::period_text(backup.every));
        for tier in &backup.keep {
            lines.put("backup.keep[]", &sentence::tier_text(*tier));
        }
        lines.list("backup.places", backup.places.iter().map(obhut_core::id::PlaceName::as_str));
        lines.maybe("backup.restore_test", backup.restore_test.map(sentence::period_text));
        lines.put("backup.tenants", backup.tenants.word());
    }
    for (name, measure) in &model.measures {
        let path = format!("measure.{name}");
        lines.text(&format!("{path}.label"), &measure.label);
        lines.text(&format!("{path}.text"), &measure.text);
        lines.put(&format!("{path}.protects"), measure.protects.word());
        lines.put(&format!("{path}.evidence"), measure.evidence.word());
        lines.maybe(&format!("{path}.review"), measure.review.map(sentence::period_text));
        lines.maybe(&format!("{path}.control"), measure.control.as_ref());
        lines.maybe(&format!("{path}.until"), measure.until.map(|until| until.to_string()));
    }
}
