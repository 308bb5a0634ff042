//! Every table and key of the language, read without the checks: what matters here is how it is said.

use super::*;

/// The policy of the configurator with everything else added, and some of its tables exchanged.
fn whole() -> Model {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments/configurator/policy.toml");
    let base = std::fs::read_to_string(path).unwrap();
    let exchanged = [
        (
            "announce   = \"14 days\"",
            "announce = \"14 days\"\nannounce_by = [\"email\", \"page\"]\nannounce_for = [\"inform-client\"]\n\
             fiscal_year = \"07-01\"\n#",
        ),
        (
            "url     = \"https://www.datenschutz",
            "address = \"Amtsplatz 1, 12345 Musterstadt\"\nemail = \"post@amt.example\"\nphone = \"+49 30 5550900\"\n\
             url = \"https://www.datenschutz",
        ),
        ("[disclosure]", "[disclosure]\nsale = \"never\""),
        (
            "formats = [\"json\", \"csv\"]",
            "formats = [\"json\", \"csv\"]\nwindow = \"30 days after client.terminated\"\nlink = \"7 days\"\n\
             transfer = false\ntransfer_reason.de = \"es gibt keinen gesicherten Weg\"\n\
             transfer_reason.en = \"there is no secure channel\"",
        ),
        (
            "deadline      = \"1 month\"",
            "deadline = \"1 month\"\nwritten = true\ntenant_requests = \"forward\"\n\
             channels = [\"email\", \"post\", \"phone\", \"fax\", \"form\", \"helpdesk\", \"portal\"]",
        ),
        ("used    = false", "used = true\npurpose = \"advertise\"\nreview = \"operator-support\""),
    ];
    let text = exchanged.iter().fold(base, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    let text = text + include_str!("whole.toml");
    let (draft, found) = crate::read::read(&Sources::one("policy.toml", text));
    let messages: Vec<_> = found.iter().map(|found| &found.message).collect();
    assert!(messages.is_empty(), "{messages:?}");
    let mut model = draft.unwrap().model;
    model.policy.hash = PolicyHash([0xcd; 32]);
    model
}

#[test]
fn every_table_reads_as_it_should() {
    let model = whole();
    for audience in AUDIENCES {
        let [de, en] = Lang::ALL.map(|lang| notice(&model, audience, lang));
        assert_eq!(de.anchors(), en.anchors(), "{audience}");
        let unique: BTreeSet<_> = de.anchors().into_iter().collect();
        assert_eq!(unique.len(), de.anchors().len(), "{audience}: every anchor stands once");
        for notice in [&de, &en] {
            let name = format!("whole.{audience}.{}", notice.lang.tag());
            insta::assert_snapshot!(name, markdown::write(notice));
            balanced(&html::page(notice, &html::plain));
        }
    }
}

#[test]
fn every_sentence_a_promise_may_name_has_its_anchor() {
    let model = whole();
    let anchors = [
        "data.health",
        "purpose.advertise",
        "consent.newsletter",
        "retain.record",
        "hold.letters",
        "hold.dispute",
        "recipient.partner",
        "disclosure.sale",
        "disclosure.client",
        "access.instruction",
        "access.emergency",
        "access.notes",
        "access.notify",
        "access.review",
        "access.unused",
        "backup.every",
        "backup.keep",
        "backup.places",
        "backup.restore",
        "backup.tenants",
        "backup.erasure",
        "place.first",
        "place.second",
        "log.full",
        "log.visitor",
        "message.news",
        "cookie.shared",
        "cookie.draft",
        "cookie.tab",
        "cookie.pixel",
        "service.measuring",
        "service.console",
        "export.formats",
        "export.window",
        "export.link",
        "export.transfer",
        "identity.known",
        "measure.keys",
        "jurisdiction.switzerland",
        "jurisdiction.california",
        "jurisdiction.kingdom",
        "policy.announce",
        "storage.place",
        "transfer.third-countries",
        "cookies.only",
        "erasure.final",
        "automated.decisions",
        "controller.identity",
        "controller.processor",
        "controller.tenant",
        "dpo.contact",
        "authority.complaint",
        "rights.contact",
        "rights.deadline",
        "rights.access",
        "rights.rectification",
        "rights.erasure",
        "rights.restriction",
        "rights.portability",
        "rights.objection",
        "rights.withdrawal",
        "rights.channels",
        "rights.written",
        "notice.controller",
        "notice.data",
        "notice.purposes",
        "notice.consents",
        "notice.retention",
        "notice.access",
        "notice.recipients",
        "notice.messages",
        "notice.devices",
        "notice.services",
        "notice.logs",
        "notice.backups",
        "notice.measures",
        "notice.rights",
        "notice.authority",
        "notice.automated",
        "notice.changes",
        "notice.jurisdiction",
    ];
    for anchor in anchors {
        for lang in Lang::ALL {
            let said = sentence(&model, &Anchor::from(anchor), lang);
            assert!(said.is_some_and(|said| !said.trim().is_empty()), "{anchor} ({})", lang.tag());
        }
    }
}

#[test]
fn a_long_list_of_cookies_is_a_table_with_an_anchor_in_each_row() {
    let model = whole();
    for lang in Lang::ALL {
        let notice = notice(&model, "client", lang);
        let annotate = |anchor: &Anchor| {
            (anchor.as_str() == "cookie.tab").then(|| html::Annotation {
                state: State::Kept,
                word: "kept".into(),
                evidence: "seen".into(),
                detail: Vec::new(),
                href: None,
            })
        };
        let page = html::page(&notice, &annotate);
        balanced(&page);
        for (name, known) in &model.cookies {
            assert!(page.contains(&format!(" id=\"cookie.{name}\">")), "{name}");
            assert!(page.contains(&format!("<code>{}</code>", known.name)), "{name}");
        }
        assert!(page.contains("<tr class=\"entry state-kept\" id=\"cookie.tab\">"));
        assert_eq!(page.matches("<th scope=\"col\">").count(), 4 + 6, "the summary and the cookies");
        assert_eq!(page.matches("<aside").count(), 1);
    }
    // Few are paragraphs.
    let few = html::page(&notice(&configurator(), "client", Lang::De), &html::plain);
    assert!(few.contains("<div class=\"promise\" id=\"cookie.remember\">"));
}

#[test]
fn whose_a_cookie_is_follows_from_its_host() {
    let notice = notice(&whole(), "client", Lang::De);
    let of = |name: &str| notice.sentence(&Anchor::of("cookie", name)).unwrap();
    assert!(of("remember").contains("Erstanbieter"));
    assert!(of("draft").contains("Erstanbieter"));
    assert!(of("shared").contains("Drittanbieter"));
    assert!(of("shared").contains("measure.example (Example Mail AG)"));
}

#[test]
fn what_is_internal_is_not_said() {
    let model = whole();
    for audience in AUDIENCES {
        for lang in Lang::ALL {
            let text = markdown::write(&notice(&model, audience, lang));
            for internal in ["M60.A1", "IA-1", "Hier steht noch nichts", "There is nothing here yet"] {
                assert!(!text.contains(internal), "{audience}: {internal}");
            }
        }
    }
}

#[test]
fn a_label_is_short_where_it_comes_back() {
    for (label, expected) in [
        ("Bankverbindung (IBAN, Kontoinhaber)", "Bankverbindung"),
        ("Protokoll (Zeitpunkt (UTC), Seite)", "Protokoll"),
        ("Name (Vorname) und Anschrift", "Name (Vorname) und Anschrift"),
        ("(nur dies)", "(nur dies)"),
        ("Konto)", "Konto)"),
        ("", ""),
    ] {
        assert_eq!(voice::short(label), expected);
    }
}

#[test]
fn nothing_in_any_table_acts_as_markup() {
    let evil = "<script>alert(\"1\")</script> ' onload=x | **b** \"><b>";
    let text = || obhut_core::model::Text { de: evil.into(), en: evil.into() };
    let mut model = whole();
    model.words.values_mut().for_each(|known| known.text = text());
    model.jurisdictions.values_mut().for_each(|known| {
        (known.text, known.authority, known.authority_url) = (text(), Some(text()), Some(evil.into()));
    });
    model.data.values_mut().for_each(|known| known.consequence = Some(text()));
    model.purposes.values_mut().for_each(|known| known.objection = Some(text()));
    model.events.values_mut().for_each(|known| known.last = Some(text()));
    model.holds.values_mut().for_each(|known| known.ground = text());
    model.recipients.values_mut().for_each(|known| {
        (known.name, known.address, known.contact) = (Some(evil.into()), Some(evil.into()), Some(evil.into()));
        (known.arrangement, known.only_if) = (Some(text()), Some(text()));
        known.subprocessors = vec![evil.into()];
    });
    model.places.values_mut().for_each(|known| {
        known.city = evil.into();
        known.certificate.iter_mut().for_each(|certificate| certificate.name = evil.into());
    });
    model.logs.values_mut().for_each(|known| known.inspect = Some(text()));
    model.cookies.values_mut().for_each(|known| {
        (known.name, known.host) = (evil.into(), Some(evil.into()));
        (known.purpose, known.content) = (text(), text());
    });
    model.services.values_mut().for_each(|known| {
        (known.label, known.hosts) = (text(), vec![evil.into()]);
    });
    model.measures.values_mut().for_each(|known| (known.label, known.text) = (text(), text()));
    model.export.no_transfer = Some(text());
    model.authority.address = Some(evil.into());
    for audience in AUDIENCES {
        for lang in Lang::ALL {
            let notice = notice(&model, audience, lang);
            let page = html::page(&notice, &html::plain);
            assert!(!page.contains("<script") && !page.contains("\"><b>"), "{audience}");
            balanced(&page);
            let text = markdown::write(&notice);
            assert!(!text.contains("<script") && !text.contains("**b**"), "{audience}");
        }
    }
}
