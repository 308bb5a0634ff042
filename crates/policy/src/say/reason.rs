//! Why a date is what it is, and why something is refused.

use obhut_core::{
    access::Reason as Access,
    contact::Refusal as Contact,
    disclosure::Refusal as Disclosure,
    id::{AudienceName, ClassName, ConsentName, EventName, HoldName, PurposeName, RecipientName, RoleName},
    model::{Lang, Model, Sender, Text},
    retention::Reason as Retention,
    rule::Anchoring,
};

use super::{date, instant, list, occurrence, words};

/// A label in quotation marks; the id where the policy does not know it.
fn quoted(text: Option<&Text>, id: &str, lang: Lang) -> String {
    let text = text.map_or(id, |text| text.get(lang));
    words!(lang, "„{text}“", "“{text}”")
}

fn purpose(model: &Model, name: &PurposeName, lang: Lang) -> String {
    quoted(model.purposes.get(name).map(|known| &known.label), name.as_str(), lang)
}

fn class(model: &Model, name: &ClassName, lang: Lang) -> String {
    quoted(model.data.get(name).map(|known| &known.label), name.as_str(), lang)
}

fn consent(model: &Model, name: &ConsentName, lang: Lang) -> String {
    quoted(model.consents.get(name).map(|known| &known.text), name.as_str(), lang)
}

fn role(model: &Model, name: &RoleName, lang: Lang) -> String {
    quoted(model.roles.get(name).map(|known| &known.label), name.as_str(), lang)
}

fn audience(model: &Model, name: &AudienceName, lang: Lang) -> String {
    quoted(model.audiences.get(name).map(|known| &known.label), name.as_str(), lang)
}

fn recipient(model: &Model, name: &RecipientName, lang: Lang) -> String {
    match model.recipients.get(name) {
        Some(known) => match &known.name {
            Some(name) => words!(lang, "„{name}“", "“{name}”"),
            None => quoted(Some(&known.label), name.as_str(), lang),
        },
        None => quoted(None, name.as_str(), lang),
    }
}

fn hold(model: &Model, name: &HoldName, lang: Lang) -> String {
    quoted(model.holds.get(name).map(|known| &known.ground), name.as_str(), lang)
}

/// The event as the rules of the policy count it: the newest occurrence if one of them says `last`.
fn event(model: &Model, name: &EventName, lang: Lang) -> String {
    let newest = model
        .retentions
        .values()
        .flat_map(|retention| &retention.stages)
        .flat_map(|stage| stage.rule.events())
        .any(|(event, anchor)| event == name && anchor == Anchoring::Last);
    occurrence(model, name, if newest { Anchoring::Last } else { Anchoring::First }, lang)
}

/// Why a due date is what it is.
pub fn retention(model: &Model, reason: &Retention, lang: Lang) -> String {
    let when = |at| instant(at, &model.policy.zone, lang);
    match reason {
        Retention::Starts { event: name, at, due } if at == due => {
            let (event, at) = (event(model, name, lang), when(*at));
            words!(lang, "Die Frist endet mit {event} ({at}).", "The period ends with {event} ({at}).")
        }
        Retention::Starts { event: name, at, due } => {
            let (event, at, due) = (event(model, name, lang), when(*at), when(*due));
            words!(
                lang,
                "Die Frist beginnt mit {event} ({at}) und endet am {due}.",
                "The period begins with {event} ({at}) and ends on {due}.",
            )
        }
        Retention::NotYet { event: name } => {
            let event = event(model, name, lang);
            words!(
                lang,
                "Die Frist beginnt erst mit {event}; dazu ist es noch nicht gekommen.",
                "The period begins only with {event}, which has not happened yet.",
            )
        }
        Retention::Cancelled { event: name, at } => {
            let (event, at) = (occurrence(model, name, Anchoring::First, lang), when(*at));
            words!(
                lang,
                "Mit {event} ({at}) ist eine zuvor laufende Frist entfallen.",
                "With {event} ({at}), any period running until then lapsed.",
            )
        }
        Retention::Consent { consent: name, since } => {
            let (consent, since) = (consent(model, name, lang), when(*since));
            words!(
                lang,
                "Seit dem {since}, besteht diese Einwilligung: {consent} Bis zu ihrem Widerruf wird nichts gelöscht.",
                "This consent has been in force since {since}: {consent} Until it is withdrawn, nothing is erased.",
            )
        }
        Retention::Held { hold: name, until: Some(until) } => {
            let (hold, until) = (hold(model, name, lang), when(*until));
            words!(
                lang,
                "Die Löschung ist bis zum {until}, ausgesetzt; Grund: {hold}.",
                "Erasure is suspended until {until}; ground: {hold}.",
            )
        }
        Retention::Held { hold: name, until: None } => {
            let hold = hold(model, name, lang);
            words!(
                lang,
                "Die Löschung ist ausgesetzt, bis der Grund entfällt: {hold}.",
                "Erasure is suspended until the ground for it ceases: {hold}.",
            )
        }
    }
}

/// Why access is refused.
pub fn access(model: &Model, reason: &Access, lang: Lang) -> String {
    match reason {
        Access::UnknownPurpose { purpose: name } => {
            words!(lang, "Der Hinweis nennt keinen Zweck „{name}“.", "The notice states no purpose “{name}”.")
        }
        Access::UnknownClass { class: name } => {
            words!(lang, "Der Hinweis nennt keine Daten „{name}“.", "The notice names no data “{name}”.")
        }
        Access::NotForThisData { purpose: name, class: data } => {
            let (purpose, data) = (purpose(model, name, lang), class(model, data, lang));
            words!(
                lang,
                "Der Zweck {purpose} erstreckt sich nicht auf diese Daten: {data}.",
                "The purpose {purpose} does not extend to these data: {data}.",
            )
        }
        Access::NotForThisRole { purpose: name, role: who } => {
            let (purpose, role) = (purpose(model, name, lang), role(model, who, lang));
            words!(
                lang,
                "Die Rolle {role} ist für den Zweck {purpose} nicht vorgesehen.",
                "The role {role} is not designated for the purpose {purpose}.",
            )
        }
        Access::NotForThisCredential { purpose: name } => {
            let purpose = purpose(model, name, lang);
            words!(
                lang,
                "Die verwendeten Zugangsdaten gelten nicht für den Zweck {purpose}.",
                "The credential used is not valid for the purpose {purpose}.",
            )
        }
        Access::OtherTenant => words!(
            lang,
            "Die Daten gehören zu einem anderen Kunden; wer für einen Kunden handelt, sieht nur dessen Daten.",
            "The data belong to another client; anyone acting for a client sees that client's data only.",
        ),
        Access::EventMissing { purpose: name, event } => {
            let (purpose, event) = (purpose(model, name, lang), occurrence(model, event, Anchoring::First, lang));
            words!(
                lang,
                "Der Zugriff zum Zweck {purpose} ist erst nach {event} möglich; dazu ist es noch nicht gekommen.",
                "Access for the purpose {purpose} is possible only after {event}, which has not happened yet.",
            )
        }
        Access::ConsentMissing { purpose: name, consent: missing } => {
            let (purpose, consent) = (purpose(model, name, lang), consent(model, missing, lang));
            words!(
                lang,
                "Für den Zweck {purpose} fehlt die Einwilligung: {consent}",
                "Consent for the purpose {purpose} has not been given: {consent}",
            )
        }
        Access::Restricted => words!(
            lang,
            "Die Verarbeitung der Daten ist eingeschränkt (Art. 18 DSGVO): Sie bleiben gespeichert, werden aber nicht \
             genutzt.",
            "Processing of the data is restricted (Article 18 GDPR): they remain stored but are not used.",
        ),
        Access::Over { purpose: name, event } => {
            let (purpose, event) = (purpose(model, name, lang), occurrence(model, event, Anchoring::First, lang));
            words!(
                lang,
                "Der Zugriff zum Zweck {purpose} war nach {event} nur für eine bestimmte Zeit möglich; sie ist abgelaufen.",
                "After {event}, access for the purpose {purpose} was possible for a certain time only; it has run out.",
            )
        }
        Access::OnlyFor { purpose } => {
            let purpose = model.purposes.get(purpose).map_or(purpose.as_str(), |known| known.label.get(lang));
            words!(
                lang,
                "Die Daten dürfen nur noch zu folgendem Zweck verwendet werden: {purpose}.",
                "The data may now be used only for the following purpose: {purpose}.",
            )
        }
        Access::ExportOnly => words!(
            lang,
            "Die Daten werden nur noch für die Herausgabe bereitgehalten.",
            "The data are now held only so that they can be handed over.",
        ),
        Access::KeptOnConsentOnly { consent: name } => {
            let consent = consent(model, name, lang);
            words!(
                lang,
                "Die Frist ist abgelaufen. Die Daten sind nur noch aufgrund einer Einwilligung gespeichert, die diesen \
                 Zweck nicht umfasst: {consent}",
                "The retention period is over. The data are stored only on the basis of a consent that does not cover \
                 this purpose: {consent}",
            )
        }
        Access::Held { hold: name } => {
            let hold = hold(model, name, lang);
            words!(
                lang,
                "Die Frist ist abgelaufen. Die Daten sind nur noch aus einem Grund gespeichert, der diesen Zweck nicht \
                 umfasst: {hold}.",
                "The retention period is over. The data are stored only on a ground that does not cover this purpose: \
                 {hold}.",
            )
        }
        Access::CollectsOnly { role: form } => {
            let role = role(model, form, lang);
            words!(
                lang,
                "Ein Formular nimmt Daten nur entgegen und liest keine: {role}.",
                "A form only collects data and never reads them: {role}.",
            )
        }
        Access::UndeclaredField { class: data, field } => {
            let data = class(model, data, lang);
            words!(
                lang,
                "Die Angabe „{field}“ ist im Hinweis nicht vorgesehen und wird nicht angenommen; vorgesehen sind nur: \
                 {data}.",
                "The notice does not provide for the field “{field}”, which is not accepted; it provides only for: \
                 {data}.",
            )
        }
        Access::ConditionNotMet { class: data, field, equals } => {
            let data = class(model, data, lang);
            let (field, value) = (super::field(model, field.as_str(), lang), super::value(model, equals, lang));
            words!(
                lang,
                "Diese Daten werden nur angenommen, wenn die Angabe „{field}“ den Wert {value} hat: {data}.",
                "These data are accepted only if the {field} is {value}: {data}.",
            )
        }
        Access::PeriodOver => words!(
            lang,
            "Die Frist ist abgelaufen; die Daten werden gelöscht und sind nicht mehr zugänglich.",
            "The retention period is over; the data are being erased and can no longer be accessed.",
        ),
    }
}

/// Why a message may not be sent.
pub fn contact(model: &Model, refusal: &Contact, lang: Lang) -> String {
    match refusal {
        Contact::NotAgreed { consent: name } => {
            let consent = consent(model, name, lang);
            words!(
                lang,
                "In Mitteilungen zu diesem Zweck ist nicht eingewilligt worden: {consent}",
                "There is no consent to messages for this purpose: {consent}",
            )
        }
        Contact::NoChannel { audience: name } => {
            let audience = audience(model, name, lang);
            words!(
                lang,
                "Nach dem Hinweis darf dieser Gruppe niemand schreiben: {audience}.",
                "Under the notice, nobody may write to this group: {audience}.",
            )
        }
        Contact::NotThisSender { channel } => {
            let senders: Vec<_> = model
                .messages
                .get(channel)
                .map_or_else(Vec::new, |known| known.from.iter().map(|sender| sender_name(*sender, lang)).collect());
            let senders = list(&senders, lang);
            words!(
                lang,
                "Dieser Absender darf der Gruppe nicht schreiben; zugelassen ist nur: {senders}.",
                "This sender may not write to the group; the only sender permitted is: {senders}.",
            )
        }
        Contact::NotThisPurpose { channel, purpose: name } => {
            let allowed: Vec<_> = model.messages.get(channel).map_or_else(Vec::new, |known| {
                known.purposes.iter().map(|allowed| purpose(model, allowed, lang)).collect()
            });
            let (purpose, allowed) = (purpose(model, name, lang), list(&allowed, lang));
            words!(
                lang,
                "Zum Zweck {purpose} darf niemand dieser Gruppe schreiben; zugelassen ist nur: {allowed}.",
                "Nobody may write to this group for the purpose {purpose}; the only purpose permitted is: {allowed}.",
            )
        }
    }
}

fn sender_name(sender: Sender, lang: Lang) -> &'static str {
    match (sender, lang) {
        (Sender::Operator, Lang::De) => "der Betreiber",
        (Sender::Operator, Lang::En) => "the operator",
        (Sender::Tenant, Lang::De) => "der Kunde in eigenem Namen",
        (Sender::Tenant, Lang::En) => "the client in its own name",
    }
}

/// Why data may not be handed over.
pub fn disclosure(model: &Model, refusal: &Disclosure, lang: Lang) -> String {
    match refusal {
        Disclosure::UnknownRecipient => {
            words!(lang, "Der Hinweis nennt diesen Empfänger nicht.", "The notice does not name this recipient.")
        }
        Disclosure::NotThisData { recipient: to, class: data } => {
            let (recipient, data) = (recipient(model, to, lang), class(model, data, lang));
            words!(
                lang,
                "Der Empfänger {recipient} erhält nach dem Hinweis diese Daten nicht: {data}.",
                "Under the notice, the recipient {recipient} does not receive these data: {data}.",
            )
        }
        Disclosure::NotThisPurpose { recipient: to } => {
            let recipient = recipient(model, to, lang);
            words!(
                lang,
                "Der Empfänger {recipient} erhält Daten nach dem Hinweis nur zu den dort genannten Zwecken; dieser gehört nicht dazu.",
                "Under the notice, the recipient {recipient} receives data only for the purposes named there; this is not one of them.",
            )
        }
        Disclosure::AgreementEnded { recipient: to, on } => {
            let (recipient, day) = (recipient(model, to, lang), date(*on, lang));
            words!(
                lang,
                "Der Vertrag mit dem Empfänger {recipient} ist am {day} abgelaufen.",
                "The agreement with the recipient {recipient} ended on {day}.",
            )
        }
        Disclosure::SafeguardEnded { recipient: to, on } => {
            let (recipient, day) = (recipient(model, to, lang), date(*on, lang));
            words!(
                lang,
                "Die Garantie für die Übermittlung an den Empfänger {recipient} ist am {day} abgelaufen.",
                "The safeguard for transfers to the recipient {recipient} ended on {day}.",
            )
        }
        Disclosure::Never { audience: name } => {
            let audience = audience(model, name, lang);
            words!(
                lang,
                "Der Hinweis schließt jede weitere Weitergabe von Daten dieser Gruppe aus: {audience}.",
                "The notice rules out any further disclosure of this group's data: {audience}.",
            )
        }
        Disclosure::NotAgreed { consent: name } => {
            let consent = consent(model, name, lang);
            words!(
                lang,
                "In diese Weitergabe ist nicht ausdrücklich eingewilligt worden: {consent}",
                "There is no explicit agreement to this disclosure: {consent}",
            )
        }
        Disclosure::DemandIncomplete => words!(
            lang,
            "Ein Herausgabeverlangen muss von einer Behörde stammen und Behörde, Aktenzeichen und Rechtsgrundlage nennen.",
            "A demand must come from an authority and state the authority, its file number and the legal ground.",
        ),
        Disclosure::ApprovalsMissing { needed, given } => words!(
            lang,
            "Die Herausgabe ist nicht freigegeben: {given} von {needed} erforderlichen Freigaben.",
            "The disclosure has not been approved: {given} of {needed} required approvals.",
        ),
    }
}
