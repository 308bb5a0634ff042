//! What the records of processing activities list: one activity for each purpose and for each server log, either the
//! operator's own or carried out on behalf of its tenants.

use obhut_core::{
    id::{ClassName, PurposeName},
    model::{Basis, Lang, Log, LogAddress, LogMail, Model, Purpose, Recipient, Relation},
    rule::Anchoring,
};

use super::{
    document::{Entry, cell, cells},
    words::{self, pick},
};
use crate::say::{self, words as both};

/// An activity: its name, and what is to be said of it by the column.
pub(super) struct Activity {
    /// The anchor of the entry of the policy: `purpose.newsletter`.
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) facts: Vec<(String, Vec<Entry>)>,
}

/// Whether the data of an audience is processed on behalf of a tenant (Art. 28).
pub(super) fn on_behalf(model: &Model, class: &ClassName) -> bool {
    model.audience_of(class).is_some_and(|audience| audience.relation == Relation::SubjectOfTenant)
}

/// The classes of a purpose that are processed as controller, or on behalf of tenants.
pub(super) fn classes<'a>(model: &Model, purpose: &'a Purpose, behalf: bool) -> Vec<&'a ClassName> {
    purpose.data.iter().filter(|class| on_behalf(model, class) == behalf).collect()
}

/// All activities, as controller or on behalf of tenants.
pub(super) fn all(model: &Model, behalf: bool, lang: Lang) -> Vec<Activity> {
    let purposes = model
        .purposes
        .iter()
        .filter(|(_, purpose)| !classes(model, purpose, behalf).is_empty())
        .map(|(name, purpose)| of_purpose(model, name, purpose, behalf, lang));
    let logs = model
        .logs
        .iter()
        .filter(|(_, log)| holds_something(log))
        .filter(|(_, log)| log.audiences.iter().any(|audience| is_tenants(model, audience) == behalf))
        .map(|(name, log)| of_log(model, name.as_str(), log, behalf, lang));
    purposes.chain(logs).collect()
}

fn is_tenants(model: &Model, audience: &obhut_core::id::AudienceName) -> bool {
    model.audiences.get(audience).is_some_and(|known| known.relation == Relation::SubjectOfTenant)
}

fn holds_something(log: &Log) -> bool {
    !matches!(log.address, LogAddress::Never | LogAddress::Zero)
        || log.mail == LogMail::Full
        || log.metadata
        || log.fields.is_some()
}

/// The recipients of the classes for a purpose.
pub(super) fn recipients<'a>(
    model: &'a Model,
    purpose: Option<&PurposeName>,
    classes: &[&ClassName],
) -> Vec<(&'a str, &'a Recipient)> {
    model
        .recipients
        .iter()
        .filter(|(_, recipient)| recipient.data.iter().any(|class| classes.contains(&class)))
        .filter(|(_, recipient)| {
            recipient.purposes.is_empty() || purpose.is_none_or(|purpose| recipient.purposes.contains(purpose))
        })
        .map(|(name, recipient)| (name.as_str(), recipient))
        .collect()
}

fn of_purpose(model: &Model, name: &PurposeName, purpose: &Purpose, behalf: bool, lang: Lang) -> Activity {
    let classes = classes(model, purpose, behalf);
    let recipients = recipients(model, Some(name), &classes);
    let label = say::capital(purpose.label.get(lang));
    let mut facts = vec![
        (heads::purposes(behalf, lang), cell(label.clone())),
        (heads::people(lang), people(model, &classes, lang)),
        (heads::data(lang), data(model, purpose, &classes, lang)),
    ];
    if !behalf {
        let mut bases = vec![words::basis(model, &purpose.basis, lang)];
        bases.extend(purpose.exception.map(|exception| words::exception(exception, lang)));
        if let (Basis::Interest(_), Some(balance)) = (&purpose.basis, &purpose.balance) {
            bases.push(both!(lang, "Abwägung: {balance}", "Balancing test: {balance}"));
        }
        facts.push((heads::basis(lang), cells(bases)));
    }
    facts.extend([
        (heads::recipients(lang), recipient_lines(&recipients, behalf, lang)),
        (heads::transfers(lang), transfers(&recipients, lang)),
        (heads::erasure(lang), erasure(model, &classes, lang)),
        (heads::roles(lang), roles(model, purpose, lang)),
        (heads::conditions(lang), conditions(model, purpose, lang)),
        (heads::measures(lang), measures(model, lang)),
    ]);
    Activity { anchor: format!("purpose.{name}"), name: label, facts }
}

fn of_log(model: &Model, name: &str, log: &Log, behalf: bool, lang: Lang) -> Activity {
    let people = log.audiences.iter().filter(|audience| is_tenants(model, audience) == behalf);
    let people = people.filter_map(|audience| model.audiences.get(audience));
    let people = cells(people.map(|audience| say::capital(audience.label.get(lang))));
    let title = pick(lang, "Serverprotokolle", "Server logs");
    let purposes: Vec<_> = log
        .purposes
        .iter()
        .filter_map(|purpose| model.purposes.get(purpose))
        .map(|purpose| say::capital(purpose.label.get(lang)))
        .collect();
    let bases: Vec<_> = log
        .purposes
        .iter()
        .filter_map(|purpose| model.purposes.get(purpose))
        .map(|purpose| words::basis(model, &purpose.basis, lang))
        .collect();
    let purposes = if purposes.is_empty() {
        vec![pick(lang, "Betrieb und Sicherheit der Server", "Operation and security of the servers")]
    } else {
        purposes
    };
    let mut fields = Vec::new();
    match log.address {
        LogAddress::Full => fields.push(pick(lang, "IP-Adresse", "IP address")),
        LogAddress::Truncated => {
            fields.push(pick(lang, "IP-Adresse ohne ihren letzten Teil", "IP address without its last part"));
        }
        LogAddress::Zero => fields.push(pick(lang, "auf 0 gesetzte IP-Adresse", "IP address set to 0")),
        LogAddress::Never => {}
    }
    match log.mail {
        LogMail::Full => fields.push(pick(lang, "E-Mail-Adressen", "email addresses")),
        LogMail::Masked => fields.push(pick(lang, "maskierte E-Mail-Adressen (x@x)", "masked email addresses (x@x)")),
        LogMail::Never => {}
    }
    if log.metadata {
        fields.push(pick(lang, "Angaben zu Browser und Herkunft der Anfrage", "details of browser and referrer"));
    }
    fields.extend(log.fields.iter().flatten().map(|field| words::field(model, field, lang)));
    let host: Vec<_> = model
        .recipients
        .iter()
        .filter(|(name, _)| **name == model.storage.processor)
        .map(|(name, recipient)| (name.as_str(), recipient))
        .collect();
    let keep = log.keep.as_ref().map(|keep| {
        let moment = say::moment(model, keep, lang);
        both!(lang, "Löschung {moment}", "Erasure {moment}")
    });
    let mut facts = vec![
        (heads::purposes(behalf, lang), cells(purposes)),
        (heads::people(lang), people),
        (heads::data(lang), cells(fields.iter().map(|field| say::capital(field)))),
    ];
    if !behalf {
        facts.push((heads::basis(lang), cells(bases)));
    }
    facts.extend([
        (heads::recipients(lang), recipient_lines(&host, behalf, lang)),
        (heads::transfers(lang), transfers(&host, lang)),
        (heads::erasure(lang), cells(keep)),
        (heads::roles(lang), Vec::new()),
        (
            heads::conditions(lang),
            cells(log.inspect.as_ref().map(|inspect| {
                let inspect = inspect.get(lang).trim_end_matches('.');
                both!(lang, "Einsicht in einzelne Zeilen {inspect}", "Single lines are looked at {inspect}")
            })),
        ),
        (heads::measures(lang), measures(model, lang)),
    ]);
    Activity { anchor: format!("log.{name}"), name: title, facts }
}

fn people(model: &Model, classes: &[&ClassName], lang: Lang) -> Vec<Entry> {
    let mut names: Vec<String> = Vec::new();
    for audience in classes.iter().filter_map(|class| model.audience_of(class)) {
        let label = say::capital(audience.label.get(lang));
        if !names.contains(&label) {
            names.push(label);
        }
    }
    cells(names)
}

/// The classes, or of each class the fields that the purpose uses.
fn data(model: &Model, purpose: &Purpose, classes: &[&ClassName], lang: Lang) -> Vec<Entry> {
    let lines = classes.iter().filter_map(|name| {
        let class = model.data.get(*name)?;
        let mut line = say::capital(class.label.get(lang));
        if let Some(fields) = &purpose.fields {
            let used: Vec<_> = class
                .fields
                .iter()
                .filter(|field| fields.contains(field))
                .map(|field| words::field(model, field, lang))
                .collect();
            if used.is_empty() {
                return None;
            }
            if used.len() < class.fields.len() {
                let used = say::list(&used, lang);
                line = both!(lang, "{line}; davon nur: {used}", "{line}; of these only: {used}");
            }
        }
        if let Some(special) = class.special {
            let special = words::special(special, lang);
            line = format!("{line} [{special}]");
        }
        Some(line)
    });
    cells(lines)
}

fn recipient_lines(recipients: &[(&str, &Recipient)], behalf: bool, lang: Lang) -> Vec<Entry> {
    let mut lines = Vec::new();
    for (_, recipient) in recipients {
        let (who, kind) = (words::recipient(recipient, lang), words::kind(recipient.kind, behalf, lang));
        let only_if = recipient
            .only_if
            .as_ref()
            .map_or_else(String::new, |only_if| format!(", {}", only_if.get(lang).trim_end_matches('.')));
        lines.push(format!("{who}: {kind}{only_if}"));
        if !recipient.subprocessors.is_empty() {
            let below = recipient.subprocessors.join("; ");
            lines.push(both!(
                lang,
                "Weitere Auftragsverarbeiter von {who}: {below}",
                "Further processors engaged by {who}: {below}",
            ));
        }
    }
    if lines.is_empty() {
        lines.push(pick(lang, "keine", "none"));
    }
    cells(lines)
}

/// Transfers to third countries, each with its safeguard (Art. 30(1)(e), (2)(c)).
pub(super) fn transfers(recipients: &[(&str, &Recipient)], lang: Lang) -> Vec<Entry> {
    let mut lines = Vec::new();
    for (_, recipient) in recipients {
        if words::abroad(recipient) {
            let who = words::recipient(recipient, lang);
            lines.push(match &recipient.safeguard {
                Some(safeguard) => {
                    let name = safeguard.name.get(lang).trim_end_matches('.');
                    let until = safeguard.until.map_or_else(String::new, |until| {
                        let until = say::date(until, lang);
                        both!(lang, ", gültig bis zum {until}", ", valid until {until}")
                    });
                    format!("{who}: {name}{until}")
                }
                None => who,
            });
        }
        for (name, country) in recipient.subprocessors.iter().filter_map(|below| words::abroad_below(below)) {
            let (country, who) = (say::country(country, lang), words::recipient(recipient, lang));
            lines.push(both!(
                lang,
                "{name} ({country}), als weiterer Auftragsverarbeiter von {who}",
                "{name} ({country}), as a further processor engaged by {who}",
            ));
        }
    }
    if lines.is_empty() {
        lines.push(pick(lang, "keine", "none"));
    }
    cells(lines)
}

/// When the classes go, one line for each rule; classes that go alike stand together.
pub(super) fn erasure(model: &Model, classes: &[&ClassName], lang: Lang) -> Vec<Entry> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for class in classes {
        let Some(known) = model.data.get(*class) else { continue };
        let label = words::label(known, lang);
        let rules = model.retentions.values().filter(|retention| retention.data.contains(class));
        let holds = model.holds.values().filter(|hold| hold.data.contains(class)).map(|hold| {
            let ground = hold.ground.get(lang).trim_end_matches('.');
            both!(lang, "länger, soweit erforderlich ({ground})", "longer where required ({ground})")
        });
        let taken = model.retentions.values().filter(|retention| retention.cascade.contains(class));
        let taken = taken.filter_map(|retention| words::taken_along(model, retention, lang));
        for line in rules.flat_map(|retention| words::erasure(model, retention, lang)).chain(taken).chain(holds) {
            match groups.iter_mut().find(|(known, _)| *known == line) {
                Some((_, labels)) => labels.push(label.clone()),
                None => groups.push((line, vec![label.clone()])),
            }
        }
    }
    let several = classes.len() > 1;
    cells(groups.into_iter().map(|(line, labels)| {
        if !several {
            say::capital(&line)
        } else if labels.len() == classes.len() {
            both!(lang, "Alle Daten: {line}", "All data: {line}")
        } else {
            let labels = labels.join("; ");
            format!("{labels}: {line}")
        }
    }))
}

fn roles(model: &Model, purpose: &Purpose, lang: Lang) -> Vec<Entry> {
    cells(purpose.roles.iter().filter_map(|role| model.roles.get(role)).map(|role| {
        let label = say::capital(role.label.get(lang));
        words::acts(role.acts, lang).map_or(label.clone(), |acts| format!("{label} ({acts})"))
    }))
}

fn conditions(model: &Model, purpose: &Purpose, lang: Lang) -> Vec<Entry> {
    let mut lines = Vec::new();
    if let Some(event) = &purpose.requires {
        let event = say::occurrence(model, event, Anchoring::First, lang);
        lines.push(both!(lang, "Zugriff erst nach {event}", "Access only after {event}"));
    }
    if purpose.marketing {
        lines.push(pick(lang, "Direktwerbung (Art. 21 Abs. 2 DSGVO)", "Direct marketing (Article 21(2) GDPR)"));
    }
    if purpose.profiling {
        lines.push(pick(lang, "Profiling (Art. 4 Nr. 4 DSGVO)", "Profiling (Article 4(4) GDPR)"));
    }
    cells(lines)
}

fn measures(model: &Model, lang: Lang) -> Vec<Entry> {
    let count = super::measures::count(model);
    cell(both!(
        lang,
        "Verzeichnis der Maßnahmen zu diesen Regeln ({count} Maßnahmen)",
        "List of measures of this policy ({count} measures)",
    ))
}

/// The columns of the records, in words of Art. 30.
mod heads {
    use obhut_core::model::Lang;

    use super::pick;

    pub(super) fn purposes(behalf: bool, lang: Lang) -> String {
        if behalf {
            pick(lang, "Kategorie der Verarbeitung", "Category of processing")
        } else {
            pick(lang, "Zwecke", "Purposes")
        }
    }

    pub(super) fn people(lang: Lang) -> String {
        pick(lang, "Kategorien betroffener Personen", "Categories of data subjects")
    }

    pub(super) fn data(lang: Lang) -> String {
        pick(lang, "Kategorien personenbezogener Daten", "Categories of personal data")
    }

    pub(super) fn basis(lang: Lang) -> String {
        pick(lang, "Rechtsgrundlage", "Legal basis")
    }

    pub(super) fn recipients(lang: Lang) -> String {
        pick(lang, "Kategorien von Empfängern", "Categories of recipients")
    }

    pub(super) fn transfers(lang: Lang) -> String {
        pick(lang, "Übermittlung in Drittländer und Garantien", "Transfers to third countries and safeguards")
    }

    pub(super) fn erasure(lang: Lang) -> String {
        pick(lang, "Löschfristen", "Time limits for erasure")
    }

    pub(super) fn roles(lang: Lang) -> String {
        pick(lang, "Zugriff", "Access")
    }

    pub(super) fn conditions(lang: Lang) -> String {
        pick(lang, "Besonderes", "Particulars")
    }

    pub(super) fn measures(lang: Lang) -> String {
        pick(lang, "Technische und organisatorische Maßnahmen", "Technical and organisational measures")
    }
}
