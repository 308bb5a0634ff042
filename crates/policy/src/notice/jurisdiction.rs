//! Laws beside the GDPR: the annex of the notice.

use obhut_core::{
    model::{Jurisdiction, Law},
    period::{Period, Unit},
};

use super::{Draft, Item, Voice, voice::sentence};
use crate::{
    law::{self, Count, Deadline, Step},
    say::{self, words},
};

pub(super) fn section(voice: &Voice<'_>) -> Option<Draft> {
    let items: Vec<_> = voice
        .jurisdictions()
        .map(|(name, known)| {
            Item::new("jurisdiction", name.as_str(), &[], text(voice, known)).about(&term(voice, known.law))
        })
        .collect();
    let title = voice.pick("Ergänzungen für andere Rechtsordnungen", "Additional information under other laws");
    (!items.is_empty()).then_some(Draft { name: "jurisdiction", title, lead: None, items })
}

fn term(voice: &Voice<'_>, law: Law) -> String {
    match law {
        Law::ChDsg => voice.pick("Schweiz (DSG)", "Switzerland (FADP)"),
        Law::Ccpa => voice.pick("Kalifornien (CCPA)", "California (CCPA)"),
        Law::UkGdpr => voice.pick("Vereinigtes Königreich (UK GDPR)", "United Kingdom (UK GDPR)"),
    }
}

fn text(voice: &Voice<'_>, known: &Jurisdiction) -> String {
    let lang = voice.lang;
    let mut sentences = vec![sentence(known.text.get(lang))];
    sentences.extend(law::deadlines(known.law).iter().map(|deadline| timely(voice, deadline)));
    if let Some(source) = law::no_discrimination(known.law) {
        sentences.push(words!(
            lang,
            "Wer diese Rechte nutzt, wird deswegen nicht benachteiligt ({source}).",
            "Nobody is discriminated against for exercising these rights ({source}).",
        ));
    }
    let authority = known.authority.as_ref().map(|name| name.get(lang).to_owned());
    let ways: Vec<_> = authority.into_iter().chain(known.authority_url.clone()).collect();
    if !ways.is_empty() {
        let ways = ways.join(", ");
        sentences.push(words!(lang, "Zuständige Behörde: {ways}", "The competent authority is: {ways}"));
    }
    sentences.join(" ")
}

/// "innerhalb von 45 Tagen" / "within 45 days".
fn within(voice: &Voice<'_>, count: Count) -> String {
    let lang = voice.lang;
    match count {
        Count::Days(count) => say::within(Period::new(count, Unit::Day), lang),
        Count::Months(count) => say::within(Period::new(count, Unit::Month), lang),
        Count::BusinessDays(count) => {
            words!(lang, "innerhalb von {count} Werktagen", "within {count} business days")
        }
    }
}

/// "weitere 45 Tage" / "a further 45 days".
fn further(voice: &Voice<'_>, count: Count) -> String {
    let lang = voice.lang;
    let period = match count {
        Count::Days(count) => say::figure(Period::new(count, Unit::Day), lang),
        Count::Months(count) => say::figure(Period::new(count, Unit::Month), lang),
        Count::BusinessDays(count) => words!(lang, "{count} Werktage", "{count} business days"),
    };
    words!(lang, "weitere {period}", "a further {period}")
}

fn timely(voice: &Voice<'_>, deadline: &Deadline) -> String {
    let lang = voice.lang;
    let within = within(voice, deadline.within);
    let source = if lang == obhut_core::model::Lang::De { deadline.source.0 } else { deadline.source.1 };
    match (deadline.step, deadline.extension) {
        (Step::Confirm, _) => words!(
            lang,
            "Den Eingang Ihrer Anfrage bestätigen wir {within} ({source}).",
            "We confirm receipt of your request {within} ({source}).",
        ),
        (Step::Answer, None) => words!(
            lang,
            "Ihre Anfrage beantworten wir {within} nach ihrem Eingang ({source}).",
            "We answer your request {within} of receiving it ({source}).",
        ),
        (Step::Answer, Some(extension)) => {
            let further = further(voice, extension);
            words!(
                lang,
                "Ihre Anfrage beantworten wir {within} nach ihrem Eingang; diese Frist können wir einmal um {further} \
                 verlängern und teilen Ihnen das dann mit ({source}).",
                "We answer your request {within} of receiving it; we may extend this period once by {further} and will \
                 then tell you so ({source}).",
            )
        }
        (Step::OptOut, _) => words!(
            lang,
            "Einen Widerspruch gegen den Verkauf oder die Weitergabe Ihrer Daten setzen wir {within} um ({source}).",
            "We act on a request to opt out of the sale or sharing of your data {within} ({source}).",
        ),
    }
}
