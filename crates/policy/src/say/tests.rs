//! Tables: one rule, both languages.

use std::str::FromStr;

use obhut_core::{
    access::Reason as Access,
    contact::decide,
    disclosure::Refusal,
    model::{Sender, Text},
    retention::Reason,
};

use super::*;
use crate::{Sources, load};

mod words;

/// The configurator, with a contract, an appointment and a hold added.
fn model() -> Model {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments/configurator/policy.toml");
    let mut model = load(&Sources::one("policy.toml", std::fs::read_to_string(path).unwrap())).model.unwrap();
    let text = |de: &str, en: &str| obhut_core::model::Text { de: de.into(), en: en.into() };
    let mut event = |name: &str, phrase, last| {
        model.events.insert(name.into(), obhut_core::model::Event { phrase, last, derived: None, withdrawal: None });
    };
    event("contract.ended", text("dem Ende des Vertrags", "the end of the contract"), None);
    event("notice.given", text("der Kündigung", "the notice of termination"), None);
    event("moves.out", text("Auszug", "moving out"), None);
    event(
        "ticket.closed",
        text("dem Abschluss des Vorgangs", "the closure of the ticket"),
        Some(text("dem Abschluss des letzten Vorgangs", "the closure of the last ticket")),
    );
    model.holds.insert(
        "dispute".into(),
        obhut_core::model::Hold {
            data: vec!["shopper-order".into()],
            purpose: "own-shoppers".into(),
            ground: text("Rechtsstreit", "legal dispute"),
            kind: obhut_core::model::HoldKind::Dispute { until: Period::new(3, Unit::Year) },
        },
    );
    model
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_str(text).unwrap()
}

#[track_caller]
fn says(say: &dyn Fn(Lang) -> String, de: &str, en: &str) {
    assert_eq!(say(Lang::De), de);
    assert_eq!(say(Lang::En), en);
}

fn after(count: u16, unit: Unit, event: &str) -> Rule {
    Rule::After {
        within: false,
        period: Period::new(count, unit),
        anchor: Anchoring::First,
        event: event.into(),
        rounding: None,
        choice: None,
    }
}

fn bounded(mut rule: Rule) -> Rule {
    if let Rule::After { within, .. } = &mut rule {
        *within = true;
    }
    rule
}

fn last(mut rule: Rule) -> Rule {
    let (Rule::After { anchor, .. } | Rule::Immediately(anchor, _) | Rule::Until(anchor, _)) = &mut rule else {
        unreachable!()
    };
    *anchor = Anchoring::Last;
    rule
}

fn rounded(mut rule: Rule, to: Rounding) -> Rule {
    if let Rule::After { rounding, .. } = &mut rule {
        *rounding = Some(to);
    }
    rule
}

fn year_end(rule: Rule) -> Rule {
    rounded(rule, Rounding::Year)
}

fn chosen(mut rule: Rule, by: Chooser, least: Period, most: Period) -> Rule {
    if let Rule::After { choice, .. } = &mut rule {
        *choice = Some(PeriodChoice { by, least, most });
    }
    rule
}

#[test]
fn periods_have_number_case_and_gender() {
    use Unit::{Day, Hour, Minute, Month, Week, Year};
    let table = [
        (1, Minute, "eine Minute", "einer Minute", "innerhalb einer Minute", "one minute"),
        (5, Minute, "5 Minuten", "5 Minuten", "innerhalb von 5 Minuten", "5 minutes"),
        (1, Hour, "eine Stunde", "einer Stunde", "innerhalb einer Stunde", "one hour"),
        (48, Hour, "48 Stunden", "48 Stunden", "innerhalb von 48 Stunden", "48 hours"),
        (1, Day, "einen Tag", "einem Tag", "innerhalb eines Tages", "one day"),
        (14, Day, "14 Tage", "14 Tagen", "innerhalb von 14 Tagen", "14 days"),
        (1, Week, "eine Woche", "einer Woche", "innerhalb einer Woche", "one week"),
        (2, Week, "2 Wochen", "2 Wochen", "innerhalb von 2 Wochen", "2 weeks"),
        (1, Month, "einen Monat", "einem Monat", "innerhalb eines Monats", "one month"),
        (12, Month, "12 Monate", "12 Monaten", "innerhalb von 12 Monaten", "12 months"),
        (1, Year, "ein Jahr", "einem Jahr", "innerhalb eines Jahres", "one year"),
        (8, Year, "8 Jahre", "8 Jahren", "innerhalb von 8 Jahren", "8 years"),
    ];
    for (count, unit, accusative, dative, bound, en) in table {
        let length = Period::new(count, unit);
        says(&|lang| period(length, lang), accusative, en);
        says(&|lang| period_dative(length, lang), dative, en);
        says(&|lang| within(length, lang), bound, &format!("within {en}"));
    }
}

#[test]
fn rules_in_both_languages() {
    use Unit::{Day, Month, Year};
    let model = model();
    let ticket = || last(after(10, Year, "ticket.closed"));
    let table = [
        (
            bounded(last(after(14, Day, "shopper.activity"))),
            "innerhalb von 14 Tagen nach der letzten Aktivität des Käufers",
            "within 14 days after the shopper's last activity",
        ),
        (
            after(14, Day, "shopper.activity"),
            "14 Tage nach der ersten Aktivität des Käufers",
            "14 days after the shopper's first activity",
        ),
        (
            year_end(after(8, Year, "invoice.issued")),
            "8 Jahre nach der Ausstellung der Rechnung, zum Ende des Kalenderjahres",
            "8 years after the issue of the invoice, at the end of the calendar year",
        ),
        (
            bounded(after(1, Month, "contract.ended")),
            "innerhalb eines Monats nach dem Ende des Vertrags",
            "within one month after the end of the contract",
        ),
        (
            after(1, Month, "contract.ended"),
            "einen Monat nach dem Ende des Vertrags",
            "one month after the end of the contract",
        ),
        (
            last(after(1, Year, "login.use")),
            "ein Jahr nach der letzten Nutzung der Anmeldung",
            "one year after the last use of the login",
        ),
        (
            Rule::Immediately(Anchoring::First, "client.terminated".into()),
            "unverzüglich nach dem Ende der Mitgliedschaft des Kunden",
            "immediately after the end of the client's membership",
        ),
        (
            Rule::Until(Anchoring::First, "contract.ended".into()),
            "bis zum Ende des Vertrags",
            "until the end of the contract",
        ),
        (Rule::Until(Anchoring::First, "notice.given".into()), "bis zur Kündigung", "until the notice of termination"),
        (Rule::Until(Anchoring::First, "moves.out".into()), "bis zu Auszug", "until moving out"),
        (
            Rule::Earliest(vec![after(10, Year, "ticket.closed"), after(2, Year, "contract.ended")]),
            "10 Jahre nach dem Abschluss des Vorgangs oder 2 Jahre nach dem Ende des Vertrags, je nachdem, was früher \
             eintritt",
            "10 years after the closure of the ticket or 2 years after the end of the contract, whichever is earlier",
        ),
        (
            Rule::Latest(vec![ticket(), Rule::Until(Anchoring::First, "contract.ended".into())]),
            "10 Jahre nach dem Abschluss des letzten Vorgangs oder mit dem Ende des Vertrags, je nachdem, was später \
             eintritt",
            "10 years after the closure of the last ticket or upon the end of the contract, whichever is later",
        ),
        (
            Rule::Latest(vec![
                year_end(after(8, Year, "invoice.issued")),
                Rule::Until(Anchoring::First, "contract.ended".into()),
            ]),
            "8 Jahre nach der Ausstellung der Rechnung, zum Ende des Kalenderjahres, oder mit dem Ende des Vertrags, je \
             nachdem, was später eintritt",
            "8 years after the issue of the invoice, at the end of the calendar year, or upon the end of the contract, \
             whichever is later",
        ),
        (
            Rule::Earliest(vec![
                after(1, Year, "ticket.closed"),
                bounded(after(30, Day, "contract.ended")),
                Rule::Immediately(Anchoring::First, "notice.given".into()),
            ]),
            "ein Jahr nach dem Abschluss des Vorgangs, innerhalb von 30 Tagen nach dem Ende des Vertrags oder \
             unverzüglich nach der Kündigung, je nachdem, was zuerst eintritt",
            "one year after the closure of the ticket, within 30 days after the end of the contract or immediately after \
             the notice of termination, whichever is earliest",
        ),
        (
            Rule::Earliest(vec![
                after(10, Year, "ticket.closed"),
                Rule::Latest(vec![
                    after(2, Year, "contract.ended"),
                    Rule::Until(Anchoring::First, "notice.given".into()),
                ]),
            ]),
            "10 Jahre nach dem Abschluss des Vorgangs oder (2 Jahre nach dem Ende des Vertrags oder mit der Kündigung, je \
             nachdem, was später eintritt), je nachdem, was früher eintritt",
            "10 years after the closure of the ticket or (2 years after the end of the contract or upon the notice of \
             termination, whichever is later), whichever is earlier",
        ),
        (
            Rule::Earliest(vec![after(1, Year, "contract.ended")]),
            "ein Jahr nach dem Ende des Vertrags",
            "one year after the end of the contract",
        ),
        (
            chosen(after(90, Day, "ticket.closed"), Chooser::Tenant, Period::new(7, Day), Period::new(24, Month)),
            "90 Tage (vom Kunden wählbar zwischen 7 Tagen und 24 Monaten) nach dem Abschluss des Vorgangs",
            "90 days (the client may choose between 7 days and 24 months) after the closure of the ticket",
        ),
        (
            bounded(chosen(
                last(after(1, Month, "ticket.closed")),
                Chooser::Record,
                Period::new(1, Day),
                Period::new(1, Year),
            )),
            "innerhalb eines Monats (bei der Erfassung wählbar zwischen einem Tag und einem Jahr) nach dem Abschluss des \
             letzten Vorgangs",
            "within one month (on entry, any period between one day and one year may be chosen) after the closure of the \
             last ticket",
        ),
        (
            rounded(after(8, Year, "invoice.issued"), Rounding::FiscalYear),
            "8 Jahre nach der Ausstellung der Rechnung, zum Ende des Geschäftsjahres",
            "8 years after the issue of the invoice, at the end of the financial year",
        ),
        (
            last(Rule::Immediately(Anchoring::First, "ticket.closed".into())),
            "unverzüglich nach dem Abschluss des letzten Vorgangs",
            "immediately after the closure of the last ticket",
        ),
        (
            last(Rule::Until(Anchoring::First, "ticket.closed".into())),
            "bis zum Abschluss des letzten Vorgangs",
            "until the closure of the last ticket",
        ),
        (after(2, Year, "never.heard"), "2 Jahre nach „never.heard“", "2 years after “never.heard”"),
    ];
    for (tree, de, en) in table {
        says(&|lang| rule(&model, &tree, lang), de, en);
    }
    says(
        &|lang| moment(&model, &Rule::Until(Anchoring::First, "contract.ended".into()), lang),
        "mit dem Ende des Vertrags",
        "upon the end of the contract",
    );
}

#[test]
fn conditions_carry_negation_inwards() {
    let model = model();
    let fact = |name: &str| Condition::Fact(name.into());
    let not = |inner| Condition::Not(Box::new(inner));
    let and = |left, right| Condition::And(Box::new(left), Box::new(right));
    let or = |left, right| Condition::Or(Box::new(left), Box::new(right));
    let table = [
        (fact("a"), "Datensätze mit dem Merkmal „a“", "records marked “a”"),
        (not(fact("a")), "Datensätze ohne das Merkmal „a“", "records not marked “a”"),
        (not(not(fact("a"))), "Datensätze mit dem Merkmal „a“", "records marked “a”"),
        (
            and(fact("a"), not(fact("b"))),
            "Datensätze mit dem Merkmal „a“ und ohne das Merkmal „b“",
            "records marked “a” and not marked “b”",
        ),
        (
            not(or(fact("a"), fact("b"))),
            "Datensätze ohne das Merkmal „a“ und ohne das Merkmal „b“",
            "records not marked “a” and not marked “b”",
        ),
        (
            and(and(fact("a"), fact("b")), or(fact("c"), not(fact("d")))),
            "Datensätze mit dem Merkmal „a“, mit dem Merkmal „b“ und (mit dem Merkmal „c“ oder ohne das Merkmal „d“)",
            "records marked “a”, marked “b” and (marked “c” or not marked “d”)",
        ),
    ];
    for (tree, de, en) in table {
        says(&|lang| condition(&model, &tree, lang), de, en);
    }
}

#[test]
fn words_and_figures() {
    says(&|lang| date("2026-02-01".parse().unwrap(), lang), "1. Februar 2026", "1 February 2026");
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    says(
        &|lang| instant(at("2026-07-14T22:05:00Z"), &berlin, lang),
        "15. Juli 2026, 00:05 Uhr MESZ",
        "15 July 2026 at 00:05 CEST",
    );
    says(&|lang| in_country("CH", lang), "in der Schweiz", "in Switzerland");
    says(&|lang| in_country("NL", lang), "in den Niederlanden", "in the Netherlands");
    says(&|lang| country("US", lang), "Vereinigte Staaten von Amerika", "United States of America");
    says(&|lang| country("XX", lang), "XX", "XX");
    says(
        &|lang| statute("§ 147 Abs. 3 AO, § 257 HGB", lang),
        "§ 147 Abs. 3 AO, § 257 HGB",
        "section 147(3) of the German Fiscal Code (AO), section 257 of the German Commercial Code (HGB)",
    );
    says(
        &|lang| statute("§§ 195, 199 BGB und Art. 17 Abs. 3 DSGVO", lang),
        "§§ 195, 199 BGB und Art. 17 Abs. 3 DSGVO",
        "sections 195, 199 of the German Civil Code (BGB) and Article 17(3) GDPR",
    );
    says(&|lang| statute("Art. 15 und 20 DSGVO", lang), "Art. 15 und 20 DSGVO", "Articles 15 and 20 GDPR");
    says(
        &|lang| statute("§ 147 Abs. 1 Nr. 2 und 3 AO, Art. 15 DSGVO, Art. 20 DSGVO", lang),
        "§ 147 Abs. 1 Nr. 2 und 3 AO, Art. 15 DSGVO, Art. 20 DSGVO",
        "section 147(1) no. 2 and 3 of the German Fiscal Code (AO), Article 15 GDPR, Article 20 GDPR",
    );
    says(&|lang| list(&["a", "b", "c"], lang), "a, b und c", "a, b and c");
    says(&|lang| list(&["a, b", "c"], lang), "a, b; c", "a, b; c");
    says(&|lang| list::<&str>(&[], lang), "", "");
}

#[test]
fn reasons_of_a_date() {
    let model = model();
    let (may, june) = (at("2026-05-01T08:00:00Z"), at("2026-05-15T08:00:00Z"));
    let consent = "„Meine Daten sollen ohne zeitliche Begrenzung gespeichert bleiben, damit ich sie bei weiteren Bestellungen \
                   bei diesem Anbieter nicht erneut eingeben muss. Ich kann diese Einwilligung jederzeit widerrufen.“";
    let consent_en = "“Keep my data without a time limit, so that I do not have to enter them again when I place further \
                      orders with this seller. I may withdraw this consent at any time.”";
    let table = [
        (
            Reason::Starts { event: "shopper.activity".into(), at: may, due: june },
            "Die Frist beginnt mit der letzten Aktivität des Käufers (1. Mai 2026, 10:00 Uhr MESZ) und endet am 15. Mai 2026, \
             10:00 Uhr MESZ."
                .to_owned(),
            "The period begins with the shopper's last activity (1 May 2026 at 10:00 CEST) and ends on 15 May 2026 at 10:00 \
             CEST."
                .to_owned(),
        ),
        (
            Reason::Starts { event: "client.terminated".into(), at: may, due: may },
            "Die Frist endet mit dem Ende der Mitgliedschaft des Kunden (1. Mai 2026, 10:00 Uhr MESZ).".to_owned(),
            "The period ends with the end of the client's membership (1 May 2026 at 10:00 CEST).".to_owned(),
        ),
        (
            Reason::NotYet { event: "invoice.issued".into() },
            "Die Frist beginnt erst mit der Ausstellung der Rechnung; dazu ist es noch nicht gekommen.".to_owned(),
            "The period begins only with the issue of the invoice, which has not happened yet.".to_owned(),
        ),
        (
            Reason::Cancelled { event: "notice.given".into(), at: may },
            "Mit der Kündigung (1. Mai 2026, 10:00 Uhr MESZ) ist eine zuvor laufende Frist entfallen.".to_owned(),
            "With the notice of termination (1 May 2026 at 10:00 CEST), any period running until then lapsed.".to_owned(),
        ),
        (
            Reason::Consent { consent: "keep-my-data".into(), since: may },
            format!(
                "Seit dem 1. Mai 2026, 10:00 Uhr MESZ, besteht diese Einwilligung: {consent} Bis zu ihrem Widerruf wird nichts \
                 gelöscht."
            ),
            format!(
                "This consent has been in force since 1 May 2026 at 10:00 CEST: {consent_en} Until it is withdrawn, nothing is \
                 erased."
            ),
        ),
        (
            Reason::Held { hold: "dispute".into(), until: Some(june) },
            "Die Löschung ist bis zum 15. Mai 2026, 10:00 Uhr MESZ, ausgesetzt; Grund: „Rechtsstreit“.".to_owned(),
            "Erasure is suspended until 15 May 2026 at 10:00 CEST; ground: “legal dispute”.".to_owned(),
        ),
        (
            Reason::Held { hold: "dispute".into(), until: None },
            "Die Löschung ist ausgesetzt, bis der Grund entfällt: „Rechtsstreit“.".to_owned(),
            "Erasure is suspended until the ground for it ceases: “legal dispute”.".to_owned(),
        ),
    ];
    for (reason, de, en) in table {
        says(&|lang| retention(&model, &reason, lang), &de, &en);
    }
}

#[test]
fn refusals_of_access() {
    let model = model();
    let table = [
        (
            Access::UnknownPurpose { purpose: "curiosity".into() },
            "Der Hinweis nennt keinen Zweck „curiosity“.",
            "The notice states no purpose “curiosity”.",
        ),
        (
            Access::UnknownClass { class: "diary".into() },
            "Der Hinweis nennt keine Daten „diary“.",
            "The notice names no data “diary”.",
        ),
        (
            Access::NotForThisData { purpose: "shopper-message".into(), class: "shopper-bank".into() },
            "Der Zweck „Mitteilungen des Kunden zur Bestellung“ erstreckt sich nicht auf diese Daten: „Bankverbindung (IBAN, \
             Kontoinhaber)“.",
            "The purpose “messages from the client about the order” does not extend to these data: “bank details (IBAN, \
             account holder)”.",
        ),
        (
            Access::NotForThisRole { purpose: "own-shoppers".into(), role: "operator-support".into() },
            "Die Rolle „unser Kundendienst“ ist für den Zweck „Führung der Käuferliste durch den Kunden“ nicht vorgesehen.",
            "The role “our customer service” is not designated for the purpose “maintaining the client's list of shoppers”.",
        ),
        (
            Access::NotForThisCredential { purpose: "bookkeeping".into() },
            "Die verwendeten Zugangsdaten gelten nicht für den Zweck „Buchführung und Aufbewahrung von Rechnungen“.",
            "The credential used is not valid for the purpose “bookkeeping and the retention of invoices”.",
        ),
        (
            Access::EventMissing { purpose: "send-invoice".into(), event: "order.triggered".into() },
            "Der Zugriff zum Zweck „Zusendung von Rechnungen“ ist erst nach der Auslösung der Bestellung möglich; dazu ist es \
             noch nicht gekommen.",
            "Access for the purpose “sending invoices” is possible only after the placing of the order, which has not happened \
             yet.",
        ),
        (
            Access::Held { hold: "dispute".into() },
            "Die Frist ist abgelaufen. Die Daten sind nur noch aus einem Grund gespeichert, der diesen Zweck nicht umfasst: \
             „Rechtsstreit“.",
            "The retention period is over. The data are stored only on a ground that does not cover this purpose: “legal \
             dispute”.",
        ),
        (
            Access::CollectsOnly { role: "shopper-form".into() },
            "Ein Formular nimmt Daten nur entgegen und liest keine: „das Kaufformular“.",
            "A form only collects data and never reads them: “the purchase form”.",
        ),
        (
            Access::ConditionNotMet {
                class: "shopper-bank".into(),
                field: "payment_method".into(),
                equals: "debit".into(),
            },
            "Diese Daten werden nur angenommen, wenn die Angabe „Zahlungsart“ den Wert „Lastschrift“ hat: „Bankverbindung \
             (IBAN, Kontoinhaber)“.",
            "These data are accepted only if the payment method is “direct debit”: “bank details (IBAN, account holder)”.",
        ),
    ];
    for (reason, de, en) in table {
        says(&|lang| access(&model, &reason, lang), de, en);
    }
    // Every reason is said, and every sentence it points to exists in both languages.
    let others = [
        Access::OtherTenant,
        Access::ConsentMissing { purpose: "reorder".into(), consent: "keep-my-data".into() },
        Access::Restricted,
        Access::ExportOnly,
        Access::KeptOnConsentOnly { consent: "keep-my-data".into() },
        Access::PeriodOver,
        Access::UndeclaredField { class: "shopper-order".into(), field: "birthday".into() },
        Access::UnknownPurpose { purpose: "curiosity".into() },
        Access::UnknownClass { class: "diary".into() },
    ];
    for reason in others {
        for lang in Lang::ALL {
            assert!(access(&model, &reason, lang).len() > 30);
            assert!(crate::notice::sentence(&model, &reason.anchor(), lang).is_some(), "{}", reason.anchor());
        }
    }
}

#[test]
fn refusals_of_messages_and_disclosures() {
    let model = model();
    let purpose = "bookkeeping".into();
    let no_channel = decide(&model, Sender::Tenant, &"visitor".into(), &purpose).unwrap_err();
    let not_this_sender = decide(&model, Sender::Operator, &"shopper".into(), &purpose).unwrap_err();
    let not_this_purpose = decide(&model, Sender::Tenant, &"shopper".into(), &purpose).unwrap_err();
    let table = [
        (
            no_channel,
            "Nach dem Hinweis darf dieser Gruppe niemand schreiben: „Besucher der Website“.",
            "Under the notice, nobody may write to this group: “website visitors”.",
        ),
        (
            not_this_sender,
            "Dieser Absender darf der Gruppe nicht schreiben; zugelassen ist nur: der Kunde in eigenem Namen.",
            "This sender may not write to the group; the only sender permitted is: the client in its own name.",
        ),
        (
            not_this_purpose,
            "Zum Zweck „Buchführung und Aufbewahrung von Rechnungen“ darf niemand dieser Gruppe schreiben; zugelassen ist nur: \
             „Mitteilungen des Kunden zur Bestellung“.",
            "Nobody may write to this group for the purpose “bookkeeping and the retention of invoices”; the only purpose \
             permitted is: “messages from the client about the order”.",
        ),
    ];
    for (refusal, de, en) in table {
        says(&|lang| contact(&model, &refusal, lang), de, en);
        assert!(crate::notice::sentence(&model, &refusal.anchor(), Lang::De).is_some(), "{}", refusal.anchor());
    }

    let table = [
        (
            Refusal::UnknownRecipient,
            "Der Hinweis nennt diesen Empfänger nicht.",
            "The notice does not name this recipient.",
        ),
        (
            Refusal::NotThisData { recipient: "client".into(), class: "client-invoice".into() },
            "Der Empfänger „der Kunde, bei dem Sie bestellen“ erhält nach dem Hinweis diese Daten nicht: „Rechnungen an Sie“.",
            "Under the notice, the recipient “the client from whom you order” does not receive these data: “invoices issued to \
             you”.",
        ),
        (
            Refusal::Never { audience: "shopper".into() },
            "Der Hinweis schließt jede weitere Weitergabe von Daten dieser Gruppe aus: „Käufer“.",
            "The notice rules out any further disclosure of this group's data: “shoppers”.",
        ),
        (
            Refusal::NotAgreed { consent: "disclose-to-third".into() },
            "In diese Weitergabe ist nicht ausdrücklich eingewilligt worden: „Ich bin damit einverstanden, dass meine Daten an \
             den hier genannten Empfänger weitergegeben werden.“",
            "There is no explicit agreement to this disclosure: “I agree to my data being disclosed to the recipient named \
             here.”",
        ),
        (
            Refusal::DemandIncomplete,
            "Ein Herausgabeverlangen muss von einer Behörde stammen und Behörde, Aktenzeichen und Rechtsgrundlage nennen.",
            "A demand must come from an authority and state the authority, its file number and the legal ground.",
        ),
        (
            Refusal::ApprovalsMissing { needed: 2, given: 1 },
            "Die Herausgabe ist nicht freigegeben: 1 von 2 erforderlichen Freigaben.",
            "The disclosure has not been approved: 1 of 2 required approvals.",
        ),
    ];
    for (refusal, de, en) in table {
        says(&|lang| disclosure(&model, &refusal, lang), de, en);
        assert!(crate::notice::sentence(&model, &refusal.anchor(), Lang::En).is_some(), "{}", refusal.anchor());
    }
}
