//! Words of the policy, intervals, and events that happen by themselves.

use obhut_core::rule::MonthDay;

use super::*;

#[test]
fn a_fiscal_year_ends_on_the_day_before_the_next_begins() {
    let mut model = model();
    let rule = rounded(after(8, Unit::Year, "invoice.issued"), Rounding::FiscalYear);
    for ((month, day), de, en) in [
        ((7, 1), "(30. Juni)", "(30 June)"),
        ((1, 1), "(31. Dezember)", "(31 December)"),
        ((3, 1), "(28. Februar)", "(28 February)"),
    ] {
        model.policy.fiscal_year = MonthDay::new(month, day);
        assert!(moment(&model, &rule, Lang::De).ends_with(&format!(", zum Ende des Geschäftsjahres {de}")));
        assert!(moment(&model, &rule, Lang::En).ends_with(&format!(", at the end of the financial year {en}")));
    }
}

#[test]
fn the_last_moment_of_something() {
    let model = model();
    let ended = || obhut_core::id::EventName::from("contract.ended");
    let table = [
        (
            bounded(after(30, Unit::Day, "contract.ended")),
            "bis 30 Tage nach dem Ende des Vertrags",
            "until 30 days after the end of the contract",
        ),
        (
            after(1, Unit::Month, "notice.given"),
            "bis einen Monat nach der Kündigung",
            "until one month after the notice of termination",
        ),
        (Rule::Until(Anchoring::First, ended()), "bis zum Ende des Vertrags", "until the end of the contract"),
        (Rule::Immediately(Anchoring::First, ended()), "bis zum Ende des Vertrags", "until the end of the contract"),
    ];
    for (tree, de, en) in table {
        says(&|lang| deadline(&model, &tree, lang), de, en);
    }
}

#[test]
fn an_event_that_happens_by_itself_says_when() {
    let mut model = model();
    let name = obhut_core::id::EventName::from("contract.ended");
    assert_eq!(happening(&model, &name, Anchoring::First, Lang::De), None);
    let mut derive = |rule| {
        model.events.get_mut(&name).unwrap().derived = Some(rule);
        Lang::ALL.map(|lang| happening(&model, &name, Anchoring::First, lang).unwrap())
    };
    let [de, en] = derive(last(after(14, Unit::Day, "ticket.closed")));
    assert_eq!(
        de,
        "Zum Ende des Vertrags kommt es auch ohne weiteres Zutun, und zwar 14 Tage nach dem Abschluss des letzten Vorgangs."
    );
    assert_eq!(
        en,
        "The end of the contract also occurs without any further action, namely 14 days after the closure of the last \
         ticket."
    );
    let both = ["notice.given", "moves.out"].map(|event| Rule::Immediately(Anchoring::First, event.into()));
    let [de, en] = derive(Rule::Earliest(both.to_vec()));
    assert_eq!(
        de,
        "Zum Ende des Vertrags kommt es auch ohne weiteres Zutun, und zwar mit der Kündigung oder mit Auszug, je nachdem, \
         was früher eintritt."
    );
    assert_eq!(
        en,
        "The end of the contract also occurs without any further action, namely upon the notice of termination or upon \
         moving out, whichever is earlier."
    );
}

/// An event that every withdrawal of a consent is, by its own name or as "withdrawal".
#[test]
fn a_withdrawal_is_an_event() {
    let mut model = model();
    let name = obhut_core::id::EventName::from("notice.given");
    model.events.get_mut(&name).unwrap().withdrawal = Some("keep-my-data".into());
    let said = |model: &Model| Lang::ALL.map(|lang| happening(model, &name, Anchoring::First, lang).unwrap());
    assert_eq!(
        said(&model),
        [
            "Der Kündigung steht es gleich, wenn Sie die im Kaufformular erteilte Einwilligung widerrufen.",
            "Withdrawing the consent you gave in the purchase form has the same effect as the notice of termination.",
        ]
    );
    let phrase = Text { de: "dem Widerruf".into(), en: "the withdrawal".into() };
    model.events.get_mut(&name).unwrap().phrase = phrase;
    assert_eq!(
        said(&model),
        [
            "Gemeint ist die Einwilligung, die Sie im Kaufformular erteilt haben.",
            "This refers to the consent you gave in the purchase form.",
        ]
    );
}

/// German closes an infinitive or a relative clause with a comma; English does not.
#[test]
fn a_clause_of_an_event_ends_with_a_comma() {
    let mut model = model();
    let phrase = Text { de: "der Weisung, zu helfen".into(), en: "the instruction to help, if any".into() };
    model.events.get_mut("notice.given").unwrap().phrase = phrase;
    let rule = after(7, Unit::Day, "notice.given");
    assert!(ends_in_insertion(&model, &rule, Lang::De));
    assert!(!ends_in_insertion(&model, &rule, Lang::En));
    assert!(!ends_in_insertion(&model, &after(7, Unit::Day, "contract.ended"), Lang::De));
}

#[test]
fn a_list_of_things_with_and_in_them_has_semicolons() {
    says(&|lang| enumeration(&["a", "b"], lang), "a und b", "a and b");
    let members = ["Rechnungen und Gutschriften, invoices and credits", "c"];
    says(
        &|lang| enumeration(&members, lang),
        "Rechnungen und Gutschriften, invoices and credits; c",
        "Rechnungen und Gutschriften, invoices and credits; c",
    );
    assert_eq!(enumeration(&["a und b", "c"], Lang::De), "a und b; c");
    assert_eq!(enumeration(&["a and b", "c"], Lang::En), "a and b; c");
}

#[test]
fn the_words_of_the_policy_go_first() {
    let mut model = model();
    let text = |de: &str, en: &str| Text { de: de.into(), en: en.into() };
    let mut word = |name: &str, word: Text, without: Option<Text>| {
        let word = obhut_core::model::Word { text: word, without, format: obhut_core::model::FieldFormat::Text };
        model.words.insert(name.into(), word);
    };
    word("email", text("Adresse der Post", "address of the mail"), None);
    word("shoe_size", text("Schuhgröße", "shoe size"), None);
    word("quote-form", text("im Angebotsformular", "in the quotation form"), None);
    word("debit", text("Bankeinzug", "direct debit scheme"), None);
    word("contract", text("zu einem Vertrag", "about a contract"), Some(text("ohne Vertrag", "without a contract")));
    word("news", text("Neuigkeiten", "news"), None);
    says(&|lang| field(&model, "email", lang), "Adresse der Post", "address of the mail");
    says(&|lang| field(&model, "shoe_size", lang), "Schuhgröße", "shoe size");
    says(&|lang| field(&model, "phone", lang), "Telefonnummer", "telephone number");
    says(&|lang| field(&model, "hat_size", lang), "„hat_size“", "“hat_size”");
    says(&|lang| place(&model, "quote-form", lang), "im Angebotsformular", "in the quotation form");
    says(&|lang| place(&model, "login-form", lang), "im Anmeldeformular", "in the login form");
    says(&|lang| value(&model, "debit", lang), "„Bankeinzug“", "“direct debit scheme”");
    says(&|lang| value(&model, "invoice", lang), "„Rechnung“", "“invoice”");
    says(&|lang| topic(&model, "news", lang), "Neuigkeiten", "news");
    let contract = Condition::Fact("contract".into());
    says(&|lang| condition(&model, &contract, lang), "Datensätze zu einem Vertrag", "records about a contract");
    let none = Condition::Not(Box::new(contract));
    says(&|lang| condition(&model, &none, lang), "Datensätze ohne Vertrag", "records without a contract");
}

#[test]
fn intervals_figures_and_numbers() {
    use Unit::{Day, Hour, Month, Week, Year};
    for (count, unit, de, en, figures_de, figures_en) in [
        (1, Hour, "jede Stunde", "every hour", "1 Stunde", "1 hour"),
        (6, Hour, "alle 6 Stunden", "every 6 hours", "6 Stunden", "6 hours"),
        (1, Day, "jeden Tag", "every day", "1 Tag", "1 day"),
        (1, Week, "jede Woche", "every week", "1 Woche", "1 week"),
        (1, Month, "jeden Monat", "every month", "1 Monat", "1 month"),
        (3, Month, "alle 3 Monate", "every 3 months", "3 Monate", "3 months"),
        (1, Year, "jedes Jahr", "every year", "1 Jahr", "1 year"),
    ] {
        says(&|lang| every(Period::new(count, unit), lang), de, en);
        says(&|lang| figure(Period::new(count, unit), lang), figures_de, figures_en);
    }
    says(&|lang| number(2, lang), "zwei", "two");
    says(&|lang| number(12, lang), "zwölf", "twelve");
    says(&|lang| number(13, lang), "13", "13");
}
