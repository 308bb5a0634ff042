//! When a change is material.
//!
//! | change | material |
//! |---|---|
//! | a new purpose, recipient, data class or field; a purpose, recipient or role that gets more | yes |
//! | another legal basis, controller, place, safeguard or country of a transfer | yes |
//! | longer storage, or a period that cannot be shown to be no longer; an action that erases less | yes |
//! | a restriction that falls away, an event that a read needed, an access rule that is loosened | yes |
//! | something new on the device or in a log, or kept longer there | yes |
//! | another text of a consent, or another way of asking | yes |
//! | a right made harder, automated decisions, a promise that falls away | yes |
//! | a shorter period, less data, fewer purposes or recipients, more care, another wording | no |
//!
//! (Art. 13(3) GDPR; WP 260 rev.01, 29-31: a change of purpose, of the controller, of how rights are exercised.)

use std::collections::BTreeSet;

use obhut_core::{
    id::{ClassName, FactName},
    model::{
        Action, Basis, Cookie, HoldKind, Lifetime, Log, Meanwhile, Model, Others, Purpose, Recipient, Retention, Stage,
        Text,
    },
    period::Period,
};

use super::{Kind, order::never_later};

/// The reason, if the change of `entry` is material.
pub fn judge(old: &Model, new: &Model, entry: &str, kind: Kind, keys: &[String]) -> Option<Text> {
    let (table, name) = entry.split_once('.').unwrap_or((entry, ""));
    match (table, kind) {
        ("purpose", Kind::Added) => reason("ein neuer Zweck", "a new purpose"),
        ("recipient", Kind::Added) => reason("ein neuer Empfänger", "a new recipient"),
        ("data", Kind::Added) => reason("neue Daten", "new data"),
        ("cookie", Kind::Added) => reason("etwas Neues auf dem Gerät", "something new on the device"),
        ("service", Kind::Added) => reason("ein neuer Dienst", "a new service"),
        ("log", Kind::Added) => log(None, new.logs.get(name)?),
        ("hold", Kind::Added) => {
            reason("ein neuer Grund, Daten länger zu behalten", "a new ground to keep data longer")
        }
        ("message", Kind::Added) => reason("neue Nachrichten", "new messages"),
        ("place", Kind::Added) => reason("ein neuer Ort für Kopien", "a new place for copies"),
        ("retain", _) => retention(old, new, name),
        ("purpose", Kind::Changed) => purpose(old.purposes.get(name)?, new.purposes.get(name)?),
        ("recipient", Kind::Changed) => recipient(old.recipients.get(name)?, new.recipients.get(name)?),
        ("data", Kind::Changed) => data(old, new, name),
        ("consent", Kind::Changed) => (changed(keys, "text") || changed(keys, "method") || changed(keys, "expires"))
            .then(|| text("eine andere Einwilligung", "another consent")),
        ("cookie", Kind::Changed) => cookie(old.cookies.get(name)?, new.cookies.get(name)?),
        ("service", Kind::Changed) => ["provider", "hosts", "data", "purposes", "consent", "loads", "country"]
            .iter()
            .any(|key| changed(keys, key))
            .then(|| text("ein anderer Umfang des Dienstes", "another scope of the service")),
        ("log", Kind::Changed) => log(old.logs.get(name), new.logs.get(name)?),
        ("hold", Kind::Changed) => hold(old, new, name),
        ("message", Kind::Changed) => message(old, new, name),
        ("event", Kind::Changed) => event(old, new, name),
        ("role", Kind::Changed) => changed(keys, "acts").then(|| text("jemand anderes handelt", "somebody else acts")),
        ("place", Kind::Changed) => (changed(keys, "country") || changed(keys, "processor"))
            .then(|| text("ein anderer Ort für Kopien", "another place for copies")),
        ("disclosure", _) => disclosure(old, new, name),
        ("measure", Kind::Removed) => reason("eine Maßnahme fällt weg", "a measure falls away"),
        ("identity" | "jurisdiction", Kind::Removed) => reason("ein Recht wird enger", "a right becomes narrower"),
        ("controller", _) => (changed(keys, "name") || changed(keys, "country"))
            .then(|| text("ein anderer Verantwortlicher", "another controller")),
        ("storage", _) => reason("ein anderer Speicherort", "another place of storage"),
        ("backup", _) => backup(old, new, kind),
        ("access", _) => access(old, new),
        ("export", _) => export(old, new),
        ("rights", _) => rights(old, new),
        ("automated_decisions", _) => {
            let more = new.automated_decisions.used
                && (!old.automated_decisions.used || changed(keys, "purpose") || changed(keys, "text"));
            more.then(|| text("automatisierte Entscheidungen", "automated decisions"))
        }
        ("policy", _) => (changed(keys, "announce") && shorter(new.policy.announce, old.policy.announce))
            .then(|| text("Änderungen werden kürzer angekündigt", "changes are announced for a shorter time")),
        _ => None,
    }
}

fn text(de: &str, en: &str) -> Text {
    Text { de: de.into(), en: en.into() }
}

#[expect(clippy::unnecessary_wraps, reason = "reads as an arm of `judge`")]
fn reason(de: &str, en: &str) -> Option<Text> {
    Some(text(de, en))
}

fn changed(keys: &[String], key: &str) -> bool {
    keys.iter().any(|known| known == key || known.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

/// Whether `new` has something that `old` has not.
fn more<T: PartialEq>(old: &[T], new: &[T]) -> bool {
    new.iter().any(|item| !old.contains(item))
}

/// Whether `a` is set and shorter than `b`, or gone although `b` is set.
fn shorter(a: Option<Period>, b: Option<Period>) -> bool {
    match (a, b) {
        (None, Some(_)) => true,
        (Some(a), Some(b)) => a != b && a.hours().0 < b.hours().1,
        _ => false,
    }
}

/// Only these fields: none means all, so that naming some is less.
fn more_fields<T: PartialEq>(old: Option<&Vec<T>>, new: Option<&Vec<T>>) -> bool {
    match (old, new) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(old), Some(new)) => more(old, new),
    }
}

/// For every class and every combination of facts to which the rule applies in either version: what happens to the
/// records must not be later or less.
fn retention(old: &Model, new: &Model, name: &str) -> Option<Text> {
    let of = |model: &Model| model.retentions.get(name).map(|rule| rule.data.clone()).unwrap_or_default();
    let classes: BTreeSet<ClassName> = of(old).into_iter().chain(of(new)).collect();
    for class in classes.iter().filter(|class| old.data.contains_key(*class) && new.data.contains_key(*class)) {
        for facts in combinations(old, new, class) {
            let fact = |fact: &FactName| facts.contains(fact);
            let (Some((before, a)), Some((after, b))) =
                (old.retention_of(class, &fact), new.retention_of(class, &fact))
            else {
                continue;
            };
            if before.as_str() != name && after.as_str() != name {
                continue;
            }
            if let Some(reason) = rule(a, b) {
                return Some(reason);
            }
        }
    }
    None
}

/// All combinations of the facts that the rules of a class ask for.
fn combinations(old: &Model, new: &Model, class: &ClassName) -> Vec<BTreeSet<FactName>> {
    let rules = old.retentions.values().chain(new.retentions.values()).filter(|rule| rule.data.contains(class));
    let facts: BTreeSet<FactName> =
        rules.filter_map(|rule| rule.when.as_ref()).flat_map(|when| when.facts()).cloned().collect();
    facts.iter().take(12).fold(vec![BTreeSet::new()], |sets, fact| {
        let with = sets.iter().map(|set| set.iter().chain([fact]).cloned().collect());
        let with: Vec<BTreeSet<FactName>> = with.collect();
        sets.into_iter().chain(with).collect()
    })
}

fn rule(old: &Retention, new: &Retention) -> Option<Text> {
    let longer = || {
        text(
            "die Speicherdauer wird länger oder lässt sich nicht als kürzer zeigen",
            "the period becomes longer or cannot be shown to be shorter",
        )
    };
    let (Some(before), Some(after)) = (old.stages.last(), new.stages.last()) else { return Some(longer()) };
    if !never_later(&after.rule, &before.rule) {
        return Some(longer());
    }
    if before.action == Action::Erase && after.action != Action::Erase {
        return reason("statt zu löschen bleibt etwas zurück", "instead of being erased, something stays");
    }
    let restricts = |rule: &Retention| rule.stages.iter().find(|stage| stage.action == Action::Restrict).cloned();
    let still = |before: &Stage| {
        restricts(new).is_some_and(|stage| never_later(&stage.rule, &before.rule))
            || never_later(&after.rule, &before.rule)
    };
    if restricts(old).is_some_and(|before| !still(&before)) {
        return reason("die Nutzung wird später eingeschränkt", "use is restricted later");
    }
    let undone = new.cancel != old.cancel && new.cancel.is_some();
    if undone {
        return reason("eine laufende Frist kann entfallen", "a running period may lapse");
    }
    let kept = new.unless.is_some() && old.unless != new.unless;
    if kept {
        return reason("eine Einwilligung verlängert die Speicherung", "a consent prolongs storage");
    }
    let looser = match (&old.meanwhile, &new.meanwhile) {
        (None, _) => false,
        (before, after) if before == after => false,
        (Some(Meanwhile::ExportOnly | Meanwhile::Only(_)), Some(Meanwhile::Restrict)) => false,
        _ => true,
    };
    if looser {
        return reason("bis zur Löschung wird mehr genutzt", "more is used until erasure");
    }
    (old.leaves_proof && !new.leaves_proof)
        .then(|| text("es bleibt kein Löschbeleg mehr", "no proof of erasure is left"))
}

fn purpose(old: &Purpose, new: &Purpose) -> Option<Text> {
    let basis = |basis: &Basis| match basis {
        Basis::Interest(_) => Basis::Interest(Text::default()),
        Basis::Law(_) => Basis::Law(String::new()),
        other => other.clone(),
    };
    if basis(&old.basis) != basis(&new.basis) || old.exception != new.exception {
        return reason("eine andere Rechtsgrundlage", "another legal basis");
    }
    if more(&old.data, &new.data) || more_fields(old.fields.as_ref(), new.fields.as_ref()) {
        return reason("der Zweck nutzt mehr Daten", "the purpose uses more data");
    }
    if more(&old.roles, &new.roles) {
        return reason("mehr Personen haben Zugriff", "more people have access");
    }
    if old.requires.is_some() && old.requires != new.requires {
        return reason("eine Voraussetzung des Zugriffs fällt weg", "a condition of access falls away");
    }
    if (new.marketing && !old.marketing) || (new.profiling && !old.profiling) {
        return reason("Werbung oder Profilbildung", "advertising or profiling");
    }
    (new.objection.is_some() && old.objection.is_none())
        .then(|| text("ein Widerspruch ist nicht mehr möglich", "an objection is no longer possible"))
}

fn recipient(old: &Recipient, new: &Recipient) -> Option<Text> {
    if old.name != new.name || old.kind != new.kind {
        return reason("ein anderer Empfänger", "another recipient");
    }
    if old.country != new.country || old.safeguard.as_ref().map(|s| &s.name) != new.safeguard.as_ref().map(|s| &s.name)
    {
        return reason("ein anderes Land oder eine andere Garantie", "another country or safeguard");
    }
    let purposes = !old.purposes.is_empty() && (new.purposes.is_empty() || more(&old.purposes, &new.purposes));
    if more(&old.data, &new.data) || more_fields(old.fields.as_ref(), new.fields.as_ref()) || purposes {
        return reason("der Empfänger erhält mehr", "the recipient gets more");
    }
    if more(&old.subprocessors, &new.subprocessors) {
        return reason("ein neuer Unterauftragnehmer", "a new sub-processor");
    }
    let condition = old.only_if.is_some() && new.only_if.is_none();
    (condition || new.approvals < old.approvals || old.ground != new.ground)
        .then(|| text("eine Voraussetzung der Weitergabe fällt weg", "a condition of disclosure falls away"))
}

fn data(old: &Model, new: &Model, name: &str) -> Option<Text> {
    let (old, new) = (old.data.get(name)?, new.data.get(name)?);
    if more(&old.fields, &new.fields) {
        return reason("neue Felder", "new fields");
    }
    if old.audience != new.audience || old.source != new.source || old.special != new.special {
        return reason("andere Daten als bisher", "data other than before");
    }
    let condition = old.only_if.is_some() && old.only_if != new.only_if;
    (condition || (old.needed != new.needed && new.needed != obhut_core::model::Needed::No))
        .then(|| text("Daten werden in mehr Fällen verlangt", "data are demanded in more cases"))
}

fn cookie(old: &Cookie, new: &Cookie) -> Option<Text> {
    let no_longer = match (&old.keep, &new.keep) {
        (a, b) if a == b => true,
        (_, Lifetime::Session) => true,
        (Lifetime::For(a), Lifetime::For(b)) => b.hours().1 <= a.hours().0,
        (Lifetime::Rule(a), Lifetime::Rule(b)) => never_later(b, a),
        _ => false,
    };
    if !no_longer {
        return reason("es bleibt länger auf dem Gerät", "it stays on the device longer");
    }
    if old.consent.is_some() && old.consent != new.consent {
        return reason("es wird ohne die bisherige Einwilligung gesetzt", "it is set without the former consent");
    }
    (new.category > old.category || old.host != new.host || old.service != new.service || old.name != new.name)
        .then(|| text("eine andere Verwendung auf dem Gerät", "another use on the device"))
}

fn log(old: Option<&Log>, new: &Log) -> Option<Text> {
    let Some(old) = old else {
        let something = new.metadata
            || new.fields.is_some()
            || new.address != obhut_core::model::LogAddress::Never
            || new.mail != obhut_core::model::LogMail::Never;
        return something.then(|| text("neue Protokolle", "new logs"));
    };
    let fields = match (&old.fields, &new.fields) {
        (Some(_), None) => true,
        (Some(old), Some(new)) => more(old, new),
        (None, _) => false,
    };
    if new.address > old.address || new.mail > old.mail || (new.metadata && !old.metadata) || fields {
        return reason("Protokolle enthalten mehr", "logs hold more");
    }
    let longer = match (&old.keep, &new.keep) {
        (Some(old), Some(new)) => !never_later(new, old),
        (Some(_), None) => new.fields.is_some() || new.metadata,
        _ => false,
    };
    if longer {
        return reason("Protokolle bleiben länger", "logs are kept longer");
    }
    (more(&old.purposes, &new.purposes) || (new.join.is_some() && old.join != new.join))
        .then(|| text("Protokolle dienen mehr Zwecken", "logs serve more purposes"))
}

fn hold(old: &Model, new: &Model, name: &str) -> Option<Text> {
    let (old, new) = (old.holds.get(name)?, new.holds.get(name)?);
    let longer = match (&old.kind, &new.kind) {
        (HoldKind::Dispute { until: a }, HoldKind::Dispute { until: b }) => shorter(Some(*a), Some(*b)),
        (HoldKind::Statute { rule: a, .. }, HoldKind::Statute { rule: b, .. }) => !never_later(b, a),
        _ => true,
    };
    (longer || more(&old.data, &new.data) || old.purpose != new.purpose)
        .then(|| text("Daten können länger behalten werden", "data may be kept longer"))
}

fn message(old: &Model, new: &Model, name: &str) -> Option<Text> {
    let (old, new) = (old.messages.get(name)?, new.messages.get(name)?);
    (more(&old.purposes, &new.purposes) || more(&old.from, &new.from) || (old.unsubscribe && !new.unsubscribe))
        .then(|| text("mehr Nachrichten", "more messages"))
}

/// Another derivation moves every date that counts from the event.
fn event(old: &Model, new: &Model, name: &str) -> Option<Text> {
    let (old, new) = (old.events.get(name)?, new.events.get(name)?);
    let later = match (&old.derived, &new.derived) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(a), Some(b)) => !never_later(b, a),
    };
    later.then(|| {
        text("ein Ereignis, von dem Fristen laufen, tritt später ein", "an event from which periods run occurs later")
    })
}

fn disclosure(old: &Model, new: &Model, name: &str) -> Option<Text> {
    if name == "sale" {
        return (old.disclosure.never_sold && !new.disclosure.never_sold)
            .then(|| text("das Verbot des Verkaufs fällt weg", "the ban on sale falls away"));
    }
    let never = |model: &Model| matches!(model.disclosure.others.get(name), None | Some(Others::Never));
    (never(old) && !never(new)).then(|| text("Weitergabe an weitere Empfänger", "disclosure to further recipients"))
}

fn backup(old: &Model, new: &Model, kind: Kind) -> Option<Text> {
    let (Some(old), Some(new)) = (&old.backup, &new.backup) else {
        return (kind == Kind::Removed).then(|| text("es gibt keine Sicherungen mehr", "there are no more backups"));
    };
    let rarer = new.every != old.every && new.every.hours().1 > old.every.hours().0;
    if rarer || new.places.len() < old.places.len() {
        return reason("seltener gesichert oder an weniger Orten", "backed up more rarely or in fewer places");
    }
    (new.tenants < old.tenants).then(|| text("mehr Daten in Sicherungen", "more data in backups"))
}

fn access(old: &Model, new: &Model) -> Option<Text> {
    let (old, new) = (&old.access, &new.access);
    let loosened = (old.instruction.is_some() && old.instruction != new.instruction)
        || more(&new.notes, &old.notes)
        || (old.notify.is_some() && (new.notify.is_none() || shorter(old.notify, new.notify)))
        || (new.emergency == Some(true) && old.emergency != Some(true));
    loosened.then(|| text("der Zugriff unserer Mitarbeiter wird weiter", "access of our staff becomes wider"))
}

fn export(old: &Model, new: &Model) -> Option<Text> {
    let (old, new) = (&old.export, &new.export);
    let window = match (&old.window, &new.window) {
        (Some(old), Some(new)) => !never_later(old, new),
        (Some(_), None) => true,
        _ => false,
    };
    (more(&new.formats, &old.formats) || window || (new.no_transfer.is_some() && old.no_transfer.is_none()))
        .then(|| text("die Herausgabe wird enger", "handing data over becomes narrower"))
}

fn rights(old: &Model, new: &Model) -> Option<Text> {
    let (old, new) = (&old.rights, &new.rights);
    let slower = old.deadline != new.deadline && new.deadline.hours().1 > old.deadline.hours().0;
    (slower || more(&new.channels, &old.channels))
        .then(|| text("Rechte werden schwerer", "rights become harder to use"))
}
