use std::collections::BTreeSet;

use obhut_core::promise::State;

use super::*;
use crate::{Sources, load};

fn configurator() -> Model {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments/configurator/policy.toml");
    let loaded = load(&Sources::one("policy.toml", std::fs::read_to_string(path).unwrap()));
    let mut model = loaded.model.expect("the policy of the configurator is valid");
    // The snapshots show sentences, not the hash of all of them.
    model.policy.hash = PolicyHash([0xab; 32]);
    model
}

fn notice(model: &Model, audience: &str, lang: Lang) -> Notice {
    Notice::of(model, &audience.into(), lang).unwrap()
}

mod whole;

const AUDIENCES: [&str; 3] = ["client", "shopper", "visitor"];

#[test]
fn the_notices_read_as_they_should() {
    let model = configurator();
    for audience in AUDIENCES {
        for lang in Lang::ALL {
            let text = markdown::write(&notice(&model, audience, lang));
            insta::assert_snapshot!(format!("{audience}.{}", lang.tag()), text);
        }
    }
}

#[test]
fn both_languages_have_the_same_items_in_the_same_order() {
    let model = configurator();
    for audience in AUDIENCES {
        let [de, en] = Lang::ALL.map(|lang| notice(&model, audience, lang));
        assert_eq!(de.anchors(), en.anchors());
        let unique: BTreeSet<_> = de.anchors().into_iter().collect();
        assert_eq!(unique.len(), de.anchors().len(), "every anchor stands once");
        for (left, right) in de.sections.iter().zip(&en.sections) {
            assert_eq!(left.lead.is_some(), right.lead.is_some());
            for (left, right) in left.items.iter().zip(&right.items) {
                assert_eq!((left.term.is_some(), &left.articles), (right.term.is_some(), &right.articles));
            }
        }
        let cells = |notice: &Notice| {
            let rows = notice.summary.iter().flat_map(|summary| &summary.rows);
            rows.flatten().flatten().map(|cell| cell.anchor.clone()).collect::<Vec<_>>()
        };
        assert_eq!(cells(&de), cells(&en));
        assert!(cells(&de).iter().all(|anchor| de.anchors().contains(&anchor)), "every cell leads to its item");
    }
}

#[test]
fn everything_that_concerns_an_audience_appears_and_nothing_else() {
    let model = configurator();
    let has = |notice: &Notice, kind: &str, name: &str| notice.anchors().contains(&&Anchor::of(kind, name));
    for audience in AUDIENCES {
        let notice = notice(&model, audience, Lang::De);
        let name = AudienceName::from(audience);
        let mine =
            |classes: &[obhut_core::id::ClassName]| classes.iter().any(|class| model.data[class].audience == name);
        for (class, known) in &model.data {
            assert_eq!(has(&notice, "data", class.as_str()), known.audience == name, "{audience}: {class}");
        }
        for (purpose, known) in &model.purposes {
            assert_eq!(has(&notice, "purpose", purpose.as_str()), mine(&known.data), "{audience}: {purpose}");
        }
        for (rule, known) in &model.retentions {
            let concerned = mine(&known.data) || mine(&known.cascade);
            assert_eq!(has(&notice, "retain", rule.as_str()), concerned, "{audience}: {rule}");
        }
        for (consent, known) in &model.consents {
            let concerned = known.audiences.contains(&name);
            assert_eq!(has(&notice, "consent", consent.as_str()), concerned, "{audience}: {consent}");
        }
        for (recipient, known) in &model.recipients {
            let concerned = mine(&known.data) || *recipient == model.storage.processor;
            assert_eq!(has(&notice, "recipient", recipient.as_str()), concerned, "{audience}: {recipient}");
        }
        for (channel, known) in &model.messages {
            assert_eq!(has(&notice, "message", channel.as_str()), known.audience == name, "{audience}: {channel}");
        }
        assert_eq!(has(&notice, "cookie", "remember"), audience == "client");
        for log in model.logs.keys() {
            assert_eq!(has(&notice, "log", log.as_str()), log.as_str() == audience, "{audience}: {log}");
        }
        assert!(has(&notice, "disclosure", audience));
        for (kind, name) in
            [("storage", "place"), ("automated", "decisions"), ("rights", "access"), ("rights", "erasure")]
        {
            assert!(has(&notice, kind, name), "{audience}: {kind}.{name}");
        }
        for section in ["purposes", "data", "recipients", "access", "messages", "rights", "controller", "authority"] {
            let anchor = Anchor::of("notice", section);
            assert!(notice.sentence(&anchor).is_some_and(|sentence| !sentence.is_empty()), "{audience}: {section}");
        }
    }
}

#[test]
fn the_tenant_is_named_as_controller() {
    let model = configurator();
    let shopper = AudienceName::from("shopper");
    for lang in Lang::ALL {
        let named = Notice::for_tenant(&model, &shopper, lang, Some("Example Furniture & Co. KG")).unwrap();
        let controller = named.sentence(&Anchor::of("controller", "tenant")).unwrap();
        assert!(controller.contains("Example Furniture & Co. KG"), "{controller}");
        let processor = named.sentence(&Anchor::of("controller", "processor")).unwrap();
        assert!(processor.contains("Example Configurator GmbH"), "{processor}");
        assert_eq!(named.anchors(), notice(&model, "shopper", lang).anchors());
    }
    assert_eq!(Notice::of(&model, &"nobody".into(), Lang::De), None);
}

#[test]
fn a_refusal_finds_its_sentence() {
    let model = configurator();
    let said = |kind, name, lang| sentence(&model, &Anchor::of(kind, name), lang).unwrap();
    assert!(
        said("retain", "shopper", Lang::De).contains("innerhalb von 14 Tagen nach der letzten Aktivität des Käufers")
    );
    assert!(said("retain", "shopper", Lang::En).contains("within 14 days after the shopper's last activity"));
    assert!(said("disclosure", "shopper", Lang::De).contains("nicht weitergegeben"));
    assert_eq!(sentence(&model, &Anchor::of("retain", "nothing"), Lang::De), None);
}

#[test]
fn the_json_answers_every_item_of_article_13() {
    let model = configurator();
    for (audience, absent, sections) in [("client", &["13(1)(d)"][..], 13), ("shopper", &["14(2)(f)"][..], 14)] {
        let value = json::value(&notice(&model, audience, Lang::En));
        let articles = value["articles"].as_object().unwrap();
        assert_eq!(articles.len(), 14);
        for (article, anchors) in articles {
            let empty = anchors.as_array().unwrap().is_empty();
            assert_eq!(empty, absent.contains(&article.as_str()), "{audience}: {article}");
        }
        assert_eq!(value["lang"], "en");
        assert_eq!(value["sections"].as_array().unwrap().len(), sections);
    }
}

/// A policy whose every text tries to be markup.
fn hostile() -> Model {
    let mut model = configurator();
    let evil = |text: &mut obhut_core::model::Text| {
        for text in [&mut text.de, &mut text.en] {
            *text = "<script>alert(\"1\")</script> ' onload=x | **b** https://x.example/\"><b>".to_owned();
        }
    };
    model.policy.version = "<i>1</i>".into();
    model.controller.name = "<img src=x onerror=alert(1)>".into();
    model.controller.email = "a@b.example\"><b>".into();
    model.audiences.values_mut().for_each(|known| {
        evil(&mut known.label);
        evil(&mut known.intro);
    });
    model.data.values_mut().for_each(|known| evil(&mut known.label));
    model.purposes.values_mut().for_each(|known| evil(&mut known.label));
    model.consents.values_mut().for_each(|known| evil(&mut known.text));
    model.events.values_mut().for_each(|known| evil(&mut known.phrase));
    model.recipients.values_mut().for_each(|known| evil(&mut known.label));
    model.roles.values_mut().for_each(|known| evil(&mut known.label));
    model
}

#[test]
fn nothing_in_a_text_acts_as_markup() {
    let model = hostile();
    for audience in AUDIENCES {
        for lang in Lang::ALL {
            let notice = Notice::for_tenant(&model, &audience.into(), lang, Some("<script>")).unwrap();
            let evil = |_: &Anchor| {
                Some(html::Annotation {
                    state: State::Broken,
                    word: "<b>broken</b>".into(),
                    evidence: "\"><script>".into(),
                    detail: vec!["<script>".into()],
                    href: Some("javascript:alert(1)".into()),
                })
            };
            let page = html::page(&notice, &evil);
            for forbidden in ["<script", "<img", "<i>", "<b>broken", "javascript:", "\"><b>"] {
                assert!(!page.contains(forbidden), "{audience}: {forbidden}");
            }
            balanced(&page);
            let text = markdown::write(&notice);
            for forbidden in ["<script", "<img", "**b**"] {
                assert!(!text.contains(forbidden), "{audience}: {forbidden}");
            }
        }
    }
}

/// Every element that is opened is closed, in order; every id stands once and every inner link has its target.
#[track_caller]
fn balanced(page: &str) {
    let page = page.replace(html::STYLE, "");
    let void = ["!doctype", "meta", "path", "circle"];
    let mut open = Vec::new();
    for tag in page.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap();
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "at </{closed}>");
        } else if !void.contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
    let after = |key: &str| -> Vec<String> {
        page.split(key).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let ids = after(" id=\"");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for target in after("href=\"#") {
        assert!(ids.contains(&target), "no target for #{target}");
    }
}

#[test]
fn each_promise_stands_beside_its_state() {
    let model = configurator();
    let notice = notice(&model, "shopper", Lang::En);
    let annotate = |anchor: &Anchor| {
        let state = match anchor.as_str() {
            "retain.shopper" => State::Kept,
            "retain.client" => State::Broken,
            "message.shopper" => State::Unproven,
            _ => return None,
        };
        let href = Some("/status#retain.shopper".to_owned());
        Some(html::Annotation {
            state,
            word: format!("{state:?}").to_lowercase(),
            evidence: "nobody older than 14 days".into(),
            detail: vec!["checked 3 min ago".into()],
            href,
        })
    };
    let body = html::body(&notice, &annotate);
    assert!(body.starts_with("<article class=\"notice\" lang=\"en\">"));
    for (state, id) in
        [("state-kept", "retain.shopper"), ("state-broken", "retain.client"), ("state-unproven", "message.shopper")]
    {
        assert!(body.contains(&format!("<div class=\"promise {state}\" id=\"{id}\">")), "{state}");
        assert!(body.contains(&format!("<aside class=\"annotation {state}\">")), "{state}");
    }
    assert_eq!(body.matches("<sup class=\"note\"").count(), 3);
    assert!(!html::body(&notice, &html::plain).contains("<aside"));
    let page = html::page(&notice, &annotate);
    balanced(&page);
    assert!(!page.contains("src=") && !page.contains("@import") && !page.contains("url("), "nothing is loaded");
    assert!(html::STYLE.len() < 20_000);
}

/// What the configurator does not need: stages, holds, other bases, third countries, an officer.
fn with_everything_else() -> Model {
    use obhut_core::{
        model::{
            Action, Basis, Condition, Dpo, Hold, HoldKind, Meanwhile, Method, Others, Safeguard, Sender, Source, Stage,
            Text,
        },
        period::{Period, Unit},
        rule::{Anchoring, Rule},
    };
    let text = |de: &str, en: &str| Text { de: de.into(), en: en.into() };
    let mut model = configurator();
    model.dpo = Dpo::Appointed { name: "Erika Mustermann".into(), email: "dpo@configurator.example".into() };
    model.data.get_mut("client-product").unwrap().source =
        Source::Third { name: text("Handelsregister", "commercial register"), public: true };
    let purpose = model.purposes.get_mut("run-service").unwrap();
    purpose.basis = Basis::Interest(text("sicherer Betrieb des Dienstes", "the secure operation of the service"));
    purpose.requires = Some("order.triggered".into());
    let after = |count, unit, event: &str| Rule::After {
        within: false,
        period: Period::new(count, unit),
        anchor: Anchoring::First,
        event: event.into(),
        rounding: None,
        choice: None,
    };
    let retention = model.retentions.get_mut("client").unwrap();
    retention.stages = vec![
        Stage { rule: Rule::Immediately(Anchoring::First, "client.terminated".into()), action: Action::Restrict },
        Stage {
            rule: Rule::Latest(vec![
                after(1, Unit::Month, "client.terminated"),
                Rule::Until(Anchoring::First, "invoice.issued".into()),
            ]),
            action: Action::Anonymise,
        },
    ];
    retention.when = Some(Condition::Not(Box::new(Condition::Fact("trial".into()))));
    retention.cancel = Some("login.use".into());
    let mut export = retention.clone();
    export.stages =
        vec![Stage { rule: Rule::Until(Anchoring::First, "client.terminated".into()), action: Action::Erase }];
    export.when = Some(Condition::Fact("trial".into()));
    export.meanwhile = Some(Meanwhile::ExportOnly);
    export.cascade = vec!["client-invoice".into()];
    export.cancel = None;
    model.retentions.insert("trial".into(), export);
    let hold = Hold {
        data: vec!["client-account".into()],
        purpose: "bookkeeping".into(),
        ground: text("Rechtsstreit mit Ihnen", "legal proceedings with you"),
        kind: HoldKind::Dispute { until: Period::new(3, Unit::Year) },
    };
    model.holds.insert("dispute".into(), hold);
    let hosting = model.recipients.get_mut("hosting").unwrap();
    hosting.country = Some("US".into());
    hosting.safeguard = Some(Safeguard {
        name: text("Standardvertragsklauseln (Art. 46 DSGVO)", "standard contractual clauses (Article 46 GDPR)"),
        until: Some(jiff::civil::date(2027, 6, 30)),
    });
    model.storage.country = "US".into();
    let consent = model.consents.get_mut("remember-me").unwrap();
    consent.method = Method::DoubleOptIn;
    consent.expires = Some(Period::new(2, Unit::Year));
    model.cookies.get_mut("remember").unwrap().consent = None;
    model.disclosure.others.insert("client".into(), Others::Never);
    model.messages.get_mut("client").unwrap().from.push(Sender::Tenant);
    let mut log = model.logs.values().next().unwrap().clone();
    log.audiences = vec!["client".into()];
    log.address = obhut_core::model::LogAddress::Full;
    model.logs.insert("client".into(), log);
    model
}

#[test]
fn what_the_configurator_does_not_need_reads_as_it_should() {
    let model = with_everything_else();
    let [de, en] = Lang::ALL.map(|lang| notice(&model, "client", lang));
    assert_eq!(de.anchors(), en.anchors());
    insta::assert_snapshot!("everything-else.de", markdown::write(&de));
    insta::assert_snapshot!("everything-else.en", markdown::write(&en));
}

#[test]
fn every_promise_of_the_deployments_has_its_sentence() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments");
    let mut missing = Vec::new();
    for name in ["configurator", "residents", "hoster", "vendor", "fleet"] {
        let read = |file: &str| std::fs::read_to_string(format!("{folder}/{name}/{file}"));
        // Whether a policy loads is tested where the deployments are.
        let Ok(promises) = read("promises.toml") else { continue };
        let Some(model) = load(&Sources::one("policy.toml", read("policy.toml").unwrap())).model else { continue };
        let promises: toml::Table = promises.parse().unwrap();
        for (id, promise) in &promises {
            let makes = promise.get("makes").and_then(toml::Value::as_array);
            for anchor in makes.into_iter().flatten().filter_map(toml::Value::as_str) {
                if Lang::ALL.iter().any(|lang| sentence(&model, &Anchor::from(anchor), *lang).is_none()) {
                    missing.push(format!("{id}: {anchor}"));
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
