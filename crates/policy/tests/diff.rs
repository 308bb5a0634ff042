//! What changes between two versions, and whether it is material.

#![expect(clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use obhut_core::model::Model;
use obhut_policy::{
    Source, Sources,
    diff::{Kind, differences, is_material},
};

const CONFIGURATOR: &str = include_str!("../../../deployments/configurator/policy.toml");

fn model(text: &str) -> Model {
    let sources = Sources(vec![Source { name: "policy.toml".into(), text: text.into() }]);
    let loaded = obhut_policy::load(&sources);
    loaded.model.unwrap_or_else(|| panic!("{}", obhut_policy::diagnostic::render(&loaded.diagnostics, &sources, false)))
}

/// What differs when one text of the configurator is replaced: entry, and whether it is material.
#[track_caller]
fn replaced(from: &str, to: &str) -> Vec<(String, bool)> {
    assert!(CONFIGURATOR.contains(from), "the policy does not say {from:?}");
    let (old, new) = (model(CONFIGURATOR), model(&CONFIGURATOR.replacen(from, to, 1)));
    let found = differences(&old, &new);
    for difference in &found {
        assert!(!difference.headline.de.is_empty() && !difference.headline.en.is_empty(), "{}", difference.entry);
        assert!(!difference.audiences.is_empty(), "{}", difference.entry);
    }
    found.into_iter().map(|difference| (difference.entry, difference.material.is_some())).collect()
}

#[track_caller]
fn one(from: &str, to: &str, entry: &str, material: bool) {
    assert_eq!(replaced(from, to), [(entry.to_owned(), material)]);
}

#[test]
fn nothing_differs_from_itself_however_it_is_written() {
    let old = model(CONFIGURATOR);
    assert_eq!(differences(&old, &old), []);
    let spaced = CONFIGURATOR.replace("within 14 days after last", "within  14  days after  last");
    assert_eq!(differences(&old, &model(&spaced)), []);
    let dated =
        CONFIGURATOR.replace("\"3.0\"", "\"3.1\"").replace("valid_from = 2026-02-01", "valid_from = 2026-03-01");
    assert_eq!(differences(&old, &model(&dated)), []);
}

#[test]
fn a_shorter_period_is_not_material_and_a_longer_one_is() {
    let rule = "within 14 days after last shopper.activity";
    one(rule, "within 10 days after last shopper.activity", "retain.shopper", false);
    one(rule, "within 20 days after last shopper.activity", "retain.shopper", true);
}

#[test]
fn equal_periods_of_different_units_change_nothing_for_people() {
    let found = replaced("within 14 days after last shopper.activity", "within 2 weeks after last shopper.activity");
    assert_eq!(found, [("retain.shopper".to_owned(), false)]);
    one(
        "within 14 days after last shopper.activity",
        "within 15 days after last shopper.activity",
        "retain.shopper",
        true,
    );
    one("within 14 days after last shopper.activity", "14 days after last shopper.activity", "retain.shopper", true);
    one(
        "within 14 days after last shopper.activity",
        "earliest of (within 14 days after last shopper.activity, 1 year after client.terminated)",
        "retain.shopper",
        false,
    );
    one(
        "within 14 days after last shopper.activity",
        "latest of (within 14 days after last shopper.activity, 1 year after client.terminated)",
        "retain.shopper",
        true,
    );
}

#[test]
fn a_new_recipient_or_purpose_is_material_and_its_end_is_not() {
    let recipient = "[recipient.post]\nkind = \"processor\"\nname = \"Example Post GmbH\"\ncountry = \"DE\"\ndata = \
                     [\"client-account\"]\nagreement = 2024-05-01\nlabel.de = \"Versand\"\nlabel.en = \"post\"\n\n[disclosure]";
    one("[disclosure]", recipient, "recipient.post", true);
    let purpose = "[purpose.survey]\ndata = [\"client-account\"]\nfields = [\"email\"]\nbasis = \"contract\"\nroles = \
                   [\"mailer\"]\nlabel.de = \"Umfragen\"\nlabel.en = \"surveys\"\n\n[purpose.inform-client]";
    one("[purpose.inform-client]", purpose, "purpose.survey", true);

    let (old, new) = (model(&CONFIGURATOR.replacen("[disclosure]", recipient, 1)), model(CONFIGURATOR));
    let found = differences(&old, &new);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kind, is_material(&found)), (Kind::Removed, false));
    assert!(found[0].headline.de.contains("Example Post GmbH"), "{}", found[0].headline.de);
}

#[test]
fn more_and_less_of_the_same_entry() {
    one(
        "fields   = [\"email\", \"name\"]\nbasis    = \"contract\"\nroles    = [\"mailer\"]",
        "fields   = [\"email\"]\nbasis    = \"contract\"\nroles    = [\"mailer\"]",
        "purpose.inform-client",
        false,
    );
    one(
        "roles    = [\"client\", \"operator-support\"]",
        "roles    = [\"client\", \"operator-support\", \"mailer\"]",
        "purpose.run-service",
        true,
    );
    one("requires = \"order.triggered\"", "", "purpose.order-documents", true);
    one(
        "fields   = [\"product\", \"configuration\"]",
        "fields   = [\"product\", \"configuration\", \"images\"]",
        "data.client-product",
        true,
    );
    one("shopper = \"never\"\n", "shopper = \"with-consent:keep-my-data\"\n", "disclosure.shopper", true);
    one("label.en = \"clients\"", "label.en = \"customers\"", "audience.client", false);
    one("announce   = \"14 days\"", "announce   = \"7 days\"", "policy", true);
    one("announce   = \"14 days\"", "announce   = \"30 days\"", "policy", false);
}

const RESIDENTS: &str = include_str!("../../../deployments/residents/policy.toml");

#[test]
fn two_versions_of_a_large_policy_differ_exactly_where_they_were_changed() {
    let recipient = "[recipient.print-shop]\nkind = \"processor\"\nname = \"Example Print GmbH\"\ncountry = \"DE\"\ndata = \
                     [\"resident-ticket\"]\nagreement = 2026-01-15\nlabel.de = \"Druck von Briefen\"\nlabel.en = \"printing letters\"\n\n\
                     [disclosure]";
    let purpose = "[purpose.neighbour-tips]\ndata = [\"resident-profile\"]\nbasis = \"interest\"\ninterest.de = \
                   \"Nachbarschaft\"\ninterest.en = \"neighbourhood\"\nroles = [\"client\"]\nlabel.de = \"Tipps für \
                   Nachbarn\"\nlabel.en = \"tips for neighbours\"\n\n[consent.newsletter]";
    let changes = [
        ("[disclosure]", recipient, "recipient.print-shop", true),
        ("[consent.newsletter]", purpose, "purpose.neighbour-tips", true),
        ("12 months after account.closed", "9 months after account.closed", "retain.account", false),
    ];
    let mut text = RESIDENTS.to_owned();
    let mut expected = Vec::new();
    for (from, to, entry, material) in changes {
        assert!(text.contains(from), "the policy does not say {from:?}");
        text = text.replacen(from, to, 1);
        expected.push((entry.to_owned(), material));
    }
    let (old, new) = (model(RESIDENTS), model(&text));
    let mut found: Vec<_> = differences(&old, &new)
        .into_iter()
        .map(|difference| (difference.entry, difference.material.is_some()))
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

mod order {
    //! If one rule is said to be never later than another, no history shows the contrary.

    use jiff::Timestamp;
    use obhut_core::{
        history::History,
        period::{Period, Unit},
        retention::{Course, due},
        rule::{Anchoring, Choice, Chooser, Chosen, Rounding, Rule},
    };
    use obhut_policy::diff::order::never_later;
    use proptest::prelude::*;

    fn period() -> impl Strategy<Value = Period> {
        let unit = prop::sample::select(vec![Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Year]);
        (1..40_u16, unit).prop_map(|(count, unit)| Period::new(count, unit))
    }

    fn rule() -> impl Strategy<Value = Rule> {
        let event = || prop::sample::select(vec!["a.x", "b.x"]).prop_map(obhut_core::id::EventName::from);
        let anchor = || prop::sample::select(vec![Anchoring::First, Anchoring::Last]);
        let rounding = prop::sample::select(vec![None, Some(Rounding::Year), Some(Rounding::FiscalYear)]);
        let choice = prop::option::weighted(
            0.2,
            (period(), period()).prop_map(|(a, b)| {
                let (least, most) = if a.hours() <= b.hours() { (a, b) } else { (b, a) };
                Choice { by: Chooser::Tenant, least, most }
            }),
        );
        let after = (any::<bool>(), period(), choice, anchor(), event(), rounding).prop_map(
            |(within, period, choice, anchor, event, rounding)| {
                // A checked policy states a period inside its bounds.
                let period = choice.map_or(period, |choice| choice.least);
                Rule::After { within, period, choice, anchor, event, rounding }
            },
        );
        let simple = prop_oneof![
            6 => after,
            1 => (anchor(), event()).prop_map(|(anchor, event)| Rule::Immediately(anchor, event)),
            1 => (anchor(), event()).prop_map(|(anchor, event)| Rule::Until(anchor, event)),
        ];
        simple.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..3).prop_map(Rule::Earliest),
                prop::collection::vec(inner, 1..3).prop_map(Rule::Latest),
            ]
        })
    }

    static MODEL: std::sync::LazyLock<obhut_core::model::Model> = std::sync::LazyLock::new(|| {
        let mut model = super::model(super::CONFIGURATOR);
        model.policy.fiscal_year = obhut_core::rule::MonthDay::new(7, 1);
        model
    });

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn no_history_shows_the_contrary(
            a in rule(),
            b in rule(),
            happened in prop::collection::vec((prop::sample::select(vec!["a.x", "b.x"]), 0..40_000_i64), 0..5),
            chosen in prop::option::of(period()),
        ) {
            prop_assert!(never_later(&a, &a) || !a.choices().is_empty());
            if never_later(&a, &b) {
                let model = &*MODEL;
                let start = 1_600_000_000;
                let history: History = happened
                    .into_iter()
                    .map(|(event, hours)| (event.into(), Timestamp::from_second(start + hours * 3600).unwrap_or_default()))
                    .collect();
                let now = Timestamp::from_second(start + 50_000 * 3600).unwrap_or_default();
                // The same choice, made under both versions.
                let course = Course { chosen: Chosen { tenant: chosen, record: None }, ..Course::of(&history, now) };
                let date = |rule| due(model, rule, &course, &mut Vec::new());
                if let Some(later) = date(&b) {
                    let earlier = date(&a);
                    prop_assert!(earlier.is_some_and(|earlier| earlier.at <= later.at), "{earlier:?} {later:?}");
                }
            }
        }
    }
}
