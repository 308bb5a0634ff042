//! How people are identified before a right is granted (Art. 12(6)).

use obhut_core::{
    id::IdentityName,
    model::{Factor, Identity, Law, Right},
};

use super::{Item, Voice};
use crate::say::{self, words};

/// The rights of the GDPR; an opt-out of a sale is one of other laws.
const OF_THE_GDPR: [Right; 7] = [
    Right::Access,
    Right::Rectification,
    Right::Erasure,
    Right::Restriction,
    Right::Portability,
    Right::Objection,
    Right::Withdrawal,
];

pub(super) fn items<'a>(voice: &'a Voice<'_>) -> impl Iterator<Item = Item> + 'a {
    let known = voice.model.identities.iter().filter(|(_, identity)| concerns(voice, identity));
    known.map(|(name, identity)| item(voice, name, identity))
}

/// An identification concerns an audience whose data has the fields that are asked. The right to opt out of a sale
/// exists only where a law grants it.
fn concerns(voice: &Voice<'_>, identity: &Identity) -> bool {
    let known = identity.factors.iter().all(|factor| match factor {
        Factor::Field(field) => voice.classes().any(|(_, class)| class.fields.contains(field)),
        Factor::LogIn | Factor::Mailbox => true,
    });
    known && !rights(voice, identity).is_empty()
}

fn rights(voice: &Voice<'_>, identity: &Identity) -> Vec<Right> {
    let can_opt_out = voice.jurisdictions().any(|(_, known)| known.law == Law::Ccpa);
    identity.rights.iter().copied().filter(|right| *right != Right::OptOut || can_opt_out).collect()
}

fn item(voice: &Voice<'_>, name: &IdentityName, identity: &Identity) -> Item {
    let lang = voice.lang;
    let rights = rights(voice, identity);
    let all = OF_THE_GDPR.iter().all(|right| rights.contains(right));
    let mut term = voice.pick("Prüfung der Identität", "Identity check");
    if !all {
        let rights: Vec<_> = rights.iter().map(|right| right_name(voice, *right)).collect();
        let rights = rights.join(", ");
        term = format!("{term} ({rights})");
    }
    let factors = factors(voice, identity);
    let mut sentences = vec![words!(
        lang,
        "Ob eine solche Anfrage von Ihnen stammt, prüfen wir anhand {factors}.",
        "We check that such a request comes from you by means of {factors}.",
    )];
    if let Some(tries) = identity.tries {
        sentences.push(match tries {
            0 | 1 => voice.pick("Dafür haben Sie einen Versuch.", "You have one attempt."),
            more => {
                let count = say::number(usize::from(more), lang);
                words!(lang, "Dafür haben Sie {count} Versuche.", "You have {count} attempts.")
            }
        });
    }
    if identity.agents {
        sentences.push(voice.pick(
            "Für Sie kann auch handeln, wer uns eine schriftliche Vollmacht von Ihnen vorlegt.",
            "A person who presents us with your written authority may act on your behalf.",
        ));
    }
    let verifier = identity.verifier.as_ref().and_then(|name| voice.model.recipients.get(name));
    if let Some(verifier) = verifier {
        let who = super::recipient::term(voice, verifier);
        sentences.push(words!(lang, "Die Prüfung übernimmt: {who}.", "The check is carried out by: {who}."));
    }
    Item::new("identity", name.as_str(), &["12(6)"], sentences.join(" ")).about(&term)
}

/// What is asked, as one phrase. The one with a clause of its own stands last.
fn factors(voice: &Voice<'_>, identity: &Identity) -> String {
    let (mailbox, others): (Vec<_>, Vec<_>) = identity.factors.iter().partition(|factor| **factor == Factor::Mailbox);
    let names: Vec<_> = others.into_iter().chain(mailbox).map(|factor| factor_name(voice, factor)).collect();
    let and = voice.pick("und", "and");
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} {and} {last}", first.join(", ")),
        names => names.concat(),
    }
}

/// What is asked; German in the genitive, after "anhand".
fn factor_name(voice: &Voice<'_>, factor: &Factor) -> String {
    match factor {
        Factor::LogIn => voice.pick("Ihrer Anmeldung", "your login"),
        Factor::Mailbox => voice.pick(
            "eines Codes oder Links, den wir an Ihre E-Mail-Adresse senden",
            "a code or link that we send to your email address",
        ),
        Factor::Field(field) => {
            let field = say::field(voice.model, field.as_str(), voice.lang);
            words!(voice.lang, "der Angabe „{field}“", "your {field}")
        }
    }
}

fn right_name(voice: &Voice<'_>, right: Right) -> String {
    match right {
        Right::Access => voice.pick("Auskunft", "access"),
        Right::Rectification => voice.pick("Berichtigung", "rectification"),
        Right::Erasure => voice.pick("Löschung", "erasure"),
        Right::Restriction => voice.pick("Einschränkung der Verarbeitung", "restriction of processing"),
        Right::Portability => voice.pick("Datenübertragbarkeit", "data portability"),
        Right::Objection => voice.pick("Widerspruch", "objection"),
        Right::Withdrawal => voice.pick("Widerruf einer Einwilligung", "withdrawal of consent"),
        Right::OptOut => voice.pick("Widerspruch gegen den Verkauf von Daten", "opt-out of the sale of data"),
    }
}
