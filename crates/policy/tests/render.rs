//! What is rendered from a policy beside the notice: it is complete, the same in both languages, and harmless.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test stops at the first surprise")]

use std::{collections::BTreeSet, fs, path::PathBuf};

use obhut_core::{
    id::AudienceName,
    model::{Lang, Model, Relation},
};
use obhut_policy::{
    Source, Sources, load,
    notice::Notice,
    render::{self, Form, Kind, Refused, Request},
};
use serde_json::Value;

const FORMS: [Form; 4] = [Form::Html, Form::Md, Form::Csv, Form::Json];

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn model(sources: Sources) -> Model {
    let loaded = load(&sources);
    let found = obhut_policy::diagnostic::render(&loaded.diagnostics, &sources, false);
    loaded.model.unwrap_or_else(|| panic!("{found}"))
}

fn configurator() -> Model {
    let path = folder("../../deployments/configurator/policy.toml");
    model(Sources::one("policy.toml", fs::read_to_string(path).unwrap()))
}

/// The policy of the corpus with every table, changed by `edit`.
fn everything(edit: impl Fn(String) -> String) -> Model {
    let text = |name: &str| fs::read_to_string(folder("corpus").join(name)).unwrap();
    let main = text("ok/everything.toml");
    let parts = main.lines().next().and_then(|line| line.strip_prefix("# with ")).unwrap().split(", ");
    let sources: Vec<_> = parts.map(|part| Source { name: part.into(), text: edit(text(part)) }).collect();
    model(Sources(sources.into_iter().chain([Source { name: "main".into(), text: edit(main.clone()) }]).collect()))
}

/// Every policy that loads: the corpus, and the deployments.
fn all() -> Vec<(String, Model)> {
    let deployments = fs::read_dir(folder("../../deployments")).unwrap().filter_map(|entry| {
        let path = entry.unwrap().path().join("policy.toml");
        let text = fs::read_to_string(&path).ok()?;
        Some((path.display().to_string(), load(&Sources::one("policy.toml", text)).model?))
    });
    let all: Vec<_> = deployments.chain([("everything".to_owned(), everything(|text| text))]).collect();
    assert!(all.len() > 1);
    all
}

fn write(model: &Model, kind: Kind, form: Form, lang: Lang) -> String {
    let audience = (kind == Kind::Notice && form == Form::Html).then(|| model.audiences.keys().next().unwrap());
    render::write(model, &Request { kind, form, lang, audience, tenant: None }).unwrap()
}

/// The records of a CSV text (RFC 4180), read without the writer's help.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let mut record = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                cell.push('"');
                letters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            other => cell.push(other),
        }
    }
    assert!(!quoted && cell.is_empty() && record.is_empty(), "the last line ends");
    records
}

#[test]
fn every_combination_is_written_or_refused_with_what_exists() {
    for (name, model) in all() {
        for ((kind_name, kind), form, lang) in Kind::ALL
            .into_iter()
            .flat_map(|kind| FORMS.map(|form| (kind, form)))
            .flat_map(|(kind, form)| Lang::ALL.map(|lang| (kind, form, lang)))
        {
            if kind.forms().contains(&form) {
                assert!(!write(&model, kind, form, lang).trim().is_empty(), "{name}: {kind_name} {form:?}");
                continue;
            }
            let request = Request { kind, form, lang, audience: None, tenant: None };
            let message = render::write(&model, &request).unwrap_err().to_string();
            assert!(message.contains(kind.forms()[0].name()) && message.contains(kind_name), "{message}");
        }
    }
}

#[test]
fn a_wrong_audience_is_refused_with_the_audiences_that_exist() {
    let model = configurator();
    let nobody = AudienceName::from("nobody");
    let mut request =
        Request { kind: Kind::Tilt, form: Form::Json, lang: Lang::De, audience: Some(&nobody), tenant: None };
    assert!(render::write(&model, &request).unwrap_err().to_string().ends_with("it has: client, shopper, visitor"));
    request.kind = Kind::Dpv;
    assert_eq!(render::write(&model, &request), Err(Refused::NoAudience { kind: "dpv" }));
    request = Request { kind: Kind::Notice, form: Form::Html, audience: None, ..request };
    assert!(matches!(render::write(&model, &request), Err(Refused::OneAudience { .. })));
}

#[test]
fn both_languages_have_the_same_structure() {
    let shape = |text: &str| -> Vec<(usize, bool)> {
        text.lines()
            .map(|line| (line.matches(" | ").count() + line.matches("<br>").count(), line.starts_with('#')))
            .collect()
    };
    for (name, model) in all() {
        for (kind_name, kind) in Kind::ALL {
            if kind.forms().contains(&Form::Md) {
                let [de, en] = Lang::ALL.map(|lang| shape(&write(&model, kind, Form::Md, lang)));
                assert_eq!(de, en, "{name}: {kind_name}");
            }
            if kind.forms().contains(&Form::Csv) {
                let [de, en] = Lang::ALL.map(|lang| records(&write(&model, kind, Form::Csv, lang)));
                assert_eq!(de.len(), en.len(), "{name}: {kind_name}");
                assert!(de.iter().chain(&en).all(|record| record.len() == de[0].len()), "{name}: {kind_name}");
            }
        }
    }
}

#[test]
fn every_purpose_stands_in_the_record_of_the_one_who_answers_for_it() {
    for (name, model) in all() {
        let ids = |kind| -> BTreeSet<String> {
            records(&write(&model, kind, Form::Csv, Lang::En))
                .into_iter()
                .skip(1)
                .map(|record| record[0].clone())
                .collect()
        };
        let (own, behalf) = (ids(Kind::Register), ids(Kind::ProcessorRegister));
        for (purpose, known) in &model.purposes {
            let tenants = |class| model.audience_of(class).unwrap().relation == Relation::SubjectOfTenant;
            let id = format!("purpose.{purpose}");
            assert_eq!(own.contains(&id), known.data.iter().any(|class| !tenants(class)), "{name}: {id}");
            assert_eq!(behalf.contains(&id), known.data.iter().any(tenants), "{name}: {id}");
        }
    }
}

#[test]
fn the_record_names_what_the_law_asks_for() {
    let text = write(&configurator(), Kind::Register, Form::Md, Lang::De);
    for part in [
        "Example Configurator GmbH, Musterstraße 1",
        "| Zwecke | Buchführung und Aufbewahrung von Rechnungen |",
        "| Kategorien betroffener Personen | Kunden |",
        "(rechtliche Verpflichtung: § 147 AO, § 257 HGB)",
        "Example Hosting GmbH (Deutschland): Auftragsverarbeiter",
        "| Übermittlung in Drittländer und Garantien | keine |",
        "Löschung 8 Jahre nach der Ausstellung der Rechnung, zum Ende des Kalenderjahres (§ 147 AO, § 257 HGB)",
        "Verschlüsselte Werte",
    ] {
        assert!(text.contains(part), "{part}");
    }
    let abroad = write(&everything(|text| text), Kind::Register, Form::Md, Lang::En);
    assert!(abroad.contains("Analysis Ltd (Switzerland): adequacy decision 2000/518/EC, valid until 31 December 2030"));
}

#[test]
fn the_processor_names_its_tenant() {
    let model = configurator();
    let request = Request {
        kind: Kind::ProcessorRegister,
        form: Form::Csv,
        lang: Lang::De,
        audience: None,
        tenant: Some("Muster & Söhne, KG"),
    };
    let records = records(&render::write(&model, &request).unwrap());
    assert!(records.len() > 1);
    assert!(records[1..].iter().all(|record| record[2] == "Muster & Söhne, KG"));
}

#[test]
fn the_deletion_concept_has_every_class_rule_and_exception() {
    for (name, model) in all() {
        let text = write(&model, Kind::DeletionConcept, Form::Md, Lang::De);
        let ids = model.retentions.keys().map(|name| format!("| retain.{name} |"));
        for id in ids.chain(model.holds.keys().map(|name| format!("| hold.{name} |"))) {
            // Markdown protects the underscore of a name.
            assert!(text.contains(&id.replace('_', "\\_")), "{name}: {id}");
        }
        for title in
            ["Datenarten", "Startzeitpunkte", "Löschklassen", "Löschregeln", "Ausnahmen", "Verantwortlichkeiten"]
        {
            assert!(text.contains(&format!(". {title}\n")), "{name}: {title}");
        }
        // A rule belongs to a class for each event that may start it.
        for (rule, retention) in &model.retentions {
            let id = format!("| retain.{rule} |").replace('_', "\\_");
            let row = text.lines().find(|line| line.ends_with(&id)).unwrap();
            let starts: BTreeSet<_> =
                retention.stages.iter().flat_map(|stage| stage.rule.events()).map(|(event, _)| event).collect();
            assert!(row.matches("LK ").count() >= starts.len(), "{name}: {row}");
        }
        let matrix = text.split(". Löschklassen\n").nth(1).unwrap().split("\n## ").next().unwrap();
        let before = text.split(". Löschklassen\n").next().unwrap();
        let classes: BTreeSet<_> =
            before.split("LK ").skip(1).map(|rest| rest.split([' ', '<', '|']).next().unwrap()).collect();
        for class in classes {
            assert!(matrix.contains(&format!("LK {class}")), "{name}: LK {class} stands in no cell of the matrix");
        }
    }
}

#[test]
fn a_deletion_class_is_a_start_event_with_a_period() {
    let text = write(&configurator(), Kind::DeletionConcept, Form::Md, Lang::En);
    assert!(text.contains("| Start event | At once | 14 days | 8 years, end of calendar year |"), "{text}");
    assert!(text.contains("| After the shopper's last activity |  | DC 3<br>"), "{text}");
}

#[test]
fn the_cookie_table_has_its_five_columns() {
    for (name, model) in all() {
        let heads = |lang| records(&write(&model, Kind::Cookies, Form::Csv, lang)).remove(0);
        assert_eq!(
            heads(Lang::De),
            ["Name des Cookies", "Verwendungszweck", "Speicherdauer", "Art des Cookies", "Domain"]
        );
        assert_eq!(heads(Lang::En), ["Name of the cookie", "Purpose", "Storage period", "Type of cookie", "Domain"]);
        let rows = records(&write(&model, Kind::Cookies, Form::Csv, Lang::De));
        let names: Vec<_> = rows.into_iter().skip(1).map(|mut row| row.remove(0)).collect();
        assert_eq!(names, model.cookies.values().map(|cookie| cookie.name.clone()).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn every_measure_is_listed_with_its_evidence() {
    for (name, model) in all() {
        let rows = records(&write(&model, Kind::Measures, Form::Csv, Lang::En));
        let listed: BTreeSet<_> = rows.iter().skip(1).map(|row| row[0].as_str()).collect();
        for measure in model.measures.keys() {
            assert!(listed.contains(measure.as_str()), "{name}: {measure}");
        }
        assert!(rows.iter().all(|row| !row[4].is_empty()), "{name}");
    }
}

#[test]
fn every_line_of_the_summary_leads_to_a_sentence_of_the_notice() {
    for (name, model) in all() {
        for audience in model.audiences.keys() {
            let request =
                Request { kind: Kind::Summary, form: Form::Md, lang: Lang::En, audience: Some(audience), tenant: None };
            let text = render::write(&model, &request).unwrap();
            let notice = Notice::of(&model, audience, Lang::En).unwrap();
            let anchors: BTreeSet<_> = notice.anchors().into_iter().map(|anchor| anchor.as_str().to_owned()).collect();
            let start = format!("]({}#", model.policy.notice_url);
            let links: Vec<_> =
                text.split(&start).skip(1).map(|rest| rest.split(')').next().unwrap().to_owned()).collect();
            assert!(links.len() > 3, "{name}: {audience}: {text}");
            for link in links {
                assert!(anchors.contains(&link), "{name}: {audience}: {link}");
            }
        }
    }
}

/// Every name and every text of a document but the values.
fn names<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(members) => members.iter().for_each(|member| names(member, found)),
        Value::Object(members) => {
            for (name, member) in members {
                found.insert(name);
                if name != "@value" {
                    names(member, found);
                }
            }
        }
        Value::String(text) => {
            found.insert(text);
        }
        _ => {}
    }
}

#[test]
fn only_known_terms_of_the_vocabularies_are_used() {
    let list = fs::read_to_string(folder("../../tests/render/dpv-terms.txt")).unwrap();
    let known: BTreeSet<_> = list.lines().filter(|line| !line.starts_with('#')).collect();
    for (name, model) in all() {
        let value: Value = serde_json::from_str(&write(&model, Kind::Dpv, Form::Json, Lang::En)).unwrap();
        let mut found = BTreeSet::new();
        names(&value["@graph"], &mut found);
        let terms: Vec<_> = found
            .into_iter()
            .filter(|term| ["dpv:", "eu-gdpr:", "pd:"].iter().any(|prefix| term.starts_with(prefix)))
            .collect();
        assert!(terms.contains(&"dpv:hasPurpose") && terms.contains(&"dpv:hasLegalBasis"), "{name}");
        for term in terms {
            assert!(known.contains(term), "{name}: {term}");
        }
    }
}

#[test]
fn every_reference_of_the_vocabulary_has_its_node() {
    for (name, model) in all() {
        let text = write(&model, Kind::Dpv, Form::Json, Lang::En);
        let value: Value = serde_json::from_str(&text).unwrap();
        let nodes: Vec<_> =
            value["@graph"].as_array().unwrap().iter().map(|node| node["@id"].as_str().unwrap()).collect();
        assert_eq!(nodes.len(), nodes.iter().collect::<BTreeSet<_>>().len(), "{name}: an id occurs twice");
        for reference in text.split("\"@id\": \"#").skip(1).map(|rest| format!("#{}", rest.split('"').next().unwrap()))
        {
            assert!(nodes.contains(&reference.as_str()), "{name}: {reference}");
        }
    }
}

#[test]
fn the_transparency_language_has_its_members_for_each_audience() {
    for (name, model) in all() {
        let value: Value = serde_json::from_str(&write(&model, Kind::Tilt, Form::Json, Lang::En)).unwrap();
        assert_eq!(value.as_array().unwrap().len(), model.audiences.len(), "{name}");
        for (document, audience) in value.as_array().unwrap().iter().zip(model.audiences.keys()) {
            let classes = model.data.values().filter(|class| class.audience == *audience).count();
            assert_eq!(document["dataDisclosed"].as_array().unwrap().len(), classes, "{name}: {audience}");
            assert_eq!(document["meta"]["_hash"].as_str().unwrap().len(), 64, "{name}: {audience}");
            for class in document["dataDisclosed"].as_array().unwrap() {
                assert!(!class["purposes"].as_array().unwrap().is_empty(), "{name}: {class}");
                assert!(!class["legalBases"].as_array().unwrap().is_empty(), "{name}: {class}");
                assert!(!class["storage"].as_array().unwrap().is_empty(), "{name}: {class}");
            }
        }
    }
}

#[test]
fn no_text_of_a_policy_acts_as_markup_or_as_a_formula() {
    let evil = "=HYPERLINK(1)<script>alert(1)</script> | \\\"*x*\\\"";
    let labels = |line: &str| {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let label = key.starts_with("label.") && value.trim().eq_ignore_ascii_case("\"newsletter\"");
        if label { format!("{key}= \"{evil}\"") } else { line.to_owned() }
    };
    let model = everything(|text| text.lines().map(labels).collect::<Vec<_>>().join("\n"));
    let mut seen = 0;
    for (_, kind) in Kind::ALL {
        for form in kind.forms() {
            let text = write(&model, kind, *form, Lang::De);
            seen += usize::from(text.contains("HYPERLINK"));
            match form {
                Form::Html => assert!(!text.contains("<script"), "{kind:?}"),
                Form::Md => assert!(!text.contains("<script") && !text.contains(" *x*"), "{kind:?}"),
                Form::Csv => {
                    let cells = records(&text).into_iter().flatten();
                    assert!(cells.into_iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{kind:?}");
                }
                Form::Json => {
                    serde_json::from_str::<Value>(&text).unwrap();
                }
            }
        }
    }
    assert!(seen > 5, "the text is shown nowhere");
}
