//! Sentences of pages that follow from the policy.

use jiff::Timestamp;
use obhut_core::{
    history::History,
    id::{AudienceName, ClassName, EventName, RetentionName, RoleName},
    model::{Acts, Basis, Lang, Model, Relation, Retention},
    retention::{Reason, Standing, Verdict},
    rule::Anchoring,
};
use obhut_policy::say;

use super::words::{capital, pick};
use crate::views::{Moment, shoppers::Stay};

/// The audience of the tenants' people.
pub(super) fn shoppers(model: &Model) -> Option<&AudienceName> {
    model.audience_with(Relation::SubjectOfTenant).map(|(name, _)| name)
}

/// The audience of the tenants themselves.
pub(super) fn clients(model: &Model) -> Option<&AudienceName> {
    model.audience_with(Relation::Tenant).map(|(name, _)| name)
}

/// The class of the audience by which a person is recognised.
pub(super) fn main_class<'a>(model: &'a Model, audience: &AudienceName) -> Option<&'a ClassName> {
    model.data.iter().find(|(_, class)| class.audience == *audience && class.identity.is_some()).map(|(name, _)| name)
}

/// The rule for the records of a class without any facts.
pub(super) fn retention<'a>(model: &'a Model, class: &ClassName) -> Option<(&'a RetentionName, &'a Retention)> {
    model.retention_of(class, &|_| false)
}

/// The event that moves the date of a class: each new occurrence counts.
pub(super) fn moving_event<'a>(model: &'a Model, class: &ClassName) -> Option<&'a EventName> {
    let (_, retention) = retention(model, class)?;
    retention
        .stages
        .iter()
        .flat_map(|stage| stage.rule.events())
        .find_map(|(event, anchoring)| (anchoring == Anchoring::Last).then_some(event))
}

fn moment(model: &Model, retention: &Retention, lang: Lang) -> String {
    retention.stages.last().map_or_else(String::new, |stage| say::moment(model, &stage.rule, lang))
}

/// The rule as a sentence to the person it is about.
pub(super) fn to_person(model: &Model, retention: &Retention, lang: Lang) -> String {
    let moment = moment(model, retention, lang);
    let unless = match (&retention.unless, lang) {
        (None, _) => "",
        (Some(_), Lang::De) => ", es sei denn, Sie haben eingewilligt, dass sie länger gespeichert bleiben",
        (Some(_), Lang::En) => ", unless you have consented to their being kept longer",
    };
    match lang {
        Lang::De => format!("Ihre Daten werden {moment} gelöscht{unless}."),
        Lang::En => format!("Your data are erased {moment}{unless}."),
    }
}

/// The rule as a sentence about somebody.
pub(super) fn rule(model: &Model, retention: &Retention, lang: Lang) -> String {
    let moment = moment(model, retention, lang);
    let unless = match (&retention.unless, lang) {
        (None, _) => "",
        (Some(_), Lang::De) => ", es sei denn, die Person hat in eine längere Speicherung eingewilligt",
        (Some(_), Lang::En) => ", unless the person has consented to longer storage",
    };
    match lang {
        Lang::De => format!("Gelöscht wird {moment}{unless}."),
        Lang::En => format!("Erased {moment}{unless}."),
    }
}

/// The rule with this name as a sentence.
pub(super) fn rule_named(model: &Model, name: &RetentionName, lang: Lang) -> Option<String> {
    model.retentions.get(name).map(|retention| rule(model, retention, lang))
}

/// The label of a class at the beginning of a line.
pub(super) fn class(model: &Model, name: &ClassName, lang: Lang) -> String {
    model.data.get(name).map_or_else(|| name.to_string(), |class| capital(class.label.get(lang)))
}

/// The labels of classes, in the order of the policy.
pub(super) fn classes(model: &Model, names: &[ClassName], lang: Lang) -> Vec<String> {
    let mut names: Vec<_> = names.iter().collect();
    names.sort_by_key(|name| model.data.get_index_of(*name));
    names.into_iter().map(|name| class(model, name, lang)).collect()
}

/// Why a class is held: the purposes for which the role may use it, each with its legal basis.
pub(super) fn why(model: &Model, role: &RoleName, class: &ClassName, lang: Lang) -> Vec<String> {
    model
        .purposes
        .values()
        .filter(|purpose| purpose.data.contains(class) && purpose.roles.contains(role) && !purpose.export)
        .map(|purpose| format!("{} – {}", capital(purpose.label.get(lang)), basis(&purpose.basis, lang)))
        .collect()
}

fn basis(basis: &Basis, lang: Lang) -> String {
    let (what, letter) = match basis {
        Basis::Consent(_) => (pick(lang, "Einwilligung", "consent"), 'a'),
        Basis::Contract => (pick(lang, "Vertrag", "contract"), 'b'),
        Basis::Law(law) => {
            let law = say::statute(law, lang);
            return match lang {
                Lang::De => format!("{law}, Art. 6 Abs. 1 Buchst. c DSGVO"),
                Lang::En => format!("{law}, Article 6(1)(c) GDPR"),
            };
        }
        Basis::Vital => (pick(lang, "lebenswichtige Interessen", "vital interests"), 'd'),
        Basis::Public => (pick(lang, "öffentliches Interesse", "public interest"), 'e'),
        Basis::Interest(_) => (pick(lang, "berechtigtes Interesse", "legitimate interest"), 'f'),
    };
    match lang {
        Lang::De => format!("{what}, Art. 6 Abs. 1 Buchst. {letter} DSGVO"),
        Lang::En => format!("{what}, Article 6(1)({letter}) GDPR"),
    }
}

/// Until when a record stays.
pub(super) fn stay(model: &Model, verdict: &Verdict, lang: Lang) -> Stay {
    let zone = &model.policy.zone;
    let day = |at: Timestamp| Moment::short_day(at, zone, lang);
    if let Standing::Held { hold } = &verdict.standing {
        let until = verdict.because.iter().find_map(|reason| match reason {
            Reason::Held { until, .. } => *until,
            _ => None,
        });
        let ground = model.holds.get(hold).map_or_else(|| hold.to_string(), |hold| hold.ground.get(lang).to_owned());
        return Stay::Held { ground, until: until.map(day) };
    }
    if matches!(verdict.standing, Standing::Restricted | Standing::ExportOnly) {
        return Stay::Restricted;
    }
    let consented = verdict.because.iter().find_map(|reason| match reason {
        Reason::Consent { since, .. } => Some(*since),
        _ => None,
    });
    match (consented, verdict.due) {
        (Some(since), _) => Stay::Consent { since: day(since) },
        (None, Some(due)) => Stay::Until(day(due.at)),
        (None, None) => Stay::Open,
    }
}

/// When the period of a record began.
pub(super) fn began(verdict: &Verdict) -> Option<Timestamp> {
    verdict.because.iter().find_map(|reason| match reason {
        Reason::Starts { at, .. } => Some(*at),
        _ => None,
    })
}

/// What occurred, as a line of a list. The policy's German phrases stand in the dative.
pub(super) fn occurrence(model: &Model, event: &EventName, lang: Lang) -> String {
    let newest = if model.keeps_only_last(event) { Anchoring::Last } else { Anchoring::First };
    let phrase = say::occurrence(model, event, newest, lang);
    match lang {
        Lang::De => format!("Mit {phrase}"),
        Lang::En => capital(&phrase),
    }
}

/// The newest occurrence of an event.
pub(super) fn last(
    occurrences: &[obhut_core::change::Occurrence],
    event: &EventName,
    now: Timestamp,
) -> Option<Timestamp> {
    let history: History = occurrences.iter().map(|known| (known.event.clone(), known.at)).collect();
    history.last(event, now)
}

/// A field at the beginning of a line.
pub(super) fn field(model: &Model, name: &str, lang: Lang) -> String {
    capital(&say::field(model, name, lang))
}

/// The role that acts so for the audience's data.
pub(super) fn role<'a>(model: &'a Model, acts: Acts, audience: &AudienceName) -> Option<&'a RoleName> {
    let covers = |role: &RoleName| {
        model.purposes.values().any(|purpose| {
            purpose.roles.contains(role)
                && purpose
                    .data
                    .iter()
                    .any(|class| model.data.get(class).is_some_and(|class| class.audience == *audience))
        })
    };
    model.roles.iter().filter(|(_, role)| role.acts == acts).map(|(name, _)| name).find(|name| covers(name))
}
