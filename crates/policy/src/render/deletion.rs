//! The deletion concept in the structure of DIN 66398: kinds of data, start events, standard periods, the deletion
//! classes that arise from both, the deletion rules, exceptions, backups, implementation and responsibilities.

use obhut_core::{
    id::ClassName,
    model::{Backup, Each, HoldKind, Lang, Model, Relation, Retention, TenantBackup, Tier},
    rule::{Anchoring, Rule},
};

use super::{
    classes::{self, DeletionClass},
    document::{Block, Document, Entry, Table, cell, cells},
    words::{self, pick},
};
use crate::say::{self, words as both};

/// The concept as a document.
pub(super) fn document(model: &Model, lang: Lang) -> Document {
    let mut page = Document::new(model, lang, pick(lang, "Löschkonzept", "Deletion concept"));
    page.intro.push(pick(
        lang,
        "Dieses Löschkonzept folgt dem Aufbau der DIN 66398. Es beschreibt für jede Datenart, wann sie gelöscht \
         wird, auf welcher Grundlage, und wer dafür sorgt (Art. 5 Abs. 1 Buchst. e, Art. 17, Art. 24 DSGVO).",
        "This deletion concept follows the structure of DIN 66398. For every kind of data it describes when they are \
         erased, on what ground, and who sees to it (Article 5(1)(e), Article 17, Article 24 GDPR).",
    ));
    let found = classes::all(model);
    page.section(
        "deletion.data",
        pick(lang, "Datenarten", "Kinds of data"),
        vec![Block::Table(kinds(model, &found, lang))],
    );
    page.section(
        "deletion.events",
        pick(lang, "Startzeitpunkte", "Start events"),
        vec![Block::Table(events(model, lang))],
    );
    page.section(
        "deletion.periods",
        pick(lang, "Standardfristen", "Standard periods"),
        vec![Block::Table(periods(model, &found, lang))],
    );
    page.section("deletion.classes", pick(lang, "Löschklassen", "Deletion classes"), matrix(model, &found, lang));
    page.section(
        "deletion.rules",
        pick(lang, "Löschregeln", "Deletion rules"),
        vec![Block::Table(rules(model, &found, lang))],
    );
    page.section("deletion.exceptions", pick(lang, "Ausnahmen", "Exceptions"), exceptions(model, lang));
    page.section("deletion.backups", pick(lang, "Sicherungskopien", "Backups"), backups(model, lang));
    page.section(
        "deletion.logs",
        pick(lang, "Protokolle und Geräte", "Logs and devices"),
        vec![Block::Table(logs(model, lang))],
    );
    page.section(
        "deletion.implementation",
        pick(lang, "Umsetzung und Nachweis", "Implementation and evidence"),
        implementation(model, lang),
    );
    page.section(
        "deletion.responsibilities",
        pick(lang, "Verantwortlichkeiten", "Responsibilities"),
        vec![Block::Table(responsibilities(model, lang))],
    );
    page
}

/// The data, with the deletion classes they belong to.
fn kinds(model: &Model, found: &[DeletionClass<'_>], lang: Lang) -> Table {
    let rows = model
        .data
        .iter()
        .map(|(name, class)| {
            let fields: Vec<_> = class.fields.iter().map(|field| words::field(model, field, lang)).collect();
            let people = model.audiences.get(&class.audience).map_or("", |audience| audience.label.get(lang));
            let purposes = model.purposes.values().filter(|purpose| purpose.data.contains(name));
            let mine = found.iter().filter(|one| one.data.contains(&name));
            vec![
                cell(words::label(class, lang)),
                cell(say::list(&fields, lang)),
                cell(say::capital(people)),
                cells(purposes.map(|purpose| say::capital(purpose.label.get(lang)))),
                cells(mine.map(|one| one.name(lang))),
            ]
        })
        .collect();
    let heads = [
        ("Datenart", "Kind of data"),
        ("Bestandteile", "Components"),
        ("Betroffene", "Data subjects"),
        ("Zwecke", "Purposes"),
        ("Löschklassen", "Deletion classes"),
    ];
    table(("Datenarten und ihre Löschklassen", "Kinds of data and their deletion classes"), &heads, rows, lang)
}

fn table(caption: (&str, &str), heads: &[(&str, &str)], rows: Vec<Vec<Vec<Entry>>>, lang: Lang) -> Table {
    Table {
        caption: pick(lang, caption.0, caption.1),
        heads: heads.iter().map(|(de, en)| pick(lang, de, en)).collect(),
        rows,
        ..Table::default()
    }
}

/// The events that start a period.
fn events(model: &Model, lang: Lang) -> Table {
    let mut used: Vec<(&obhut_core::id::EventName, Anchoring)> = Vec::new();
    let statutes = model.holds.values().filter_map(|hold| match &hold.kind {
        HoldKind::Statute { rule, .. } => Some(rule),
        HoldKind::Dispute { .. } => None,
    });
    let stages = model.retentions.values().flat_map(|retention| &retention.stages).map(|stage| &stage.rule);
    for found in stages.chain(statutes).flat_map(Rule::events) {
        if !used.contains(&found) {
            used.push(found);
        }
    }
    let rows = used
        .into_iter()
        .map(|(event, anchoring)| {
            let how = match model.events.get(event).and_then(|known| known.derived.as_ref()) {
                Some(rule) => {
                    let moment = say::moment(model, rule, lang);
                    both!(lang, "gemeldet; von selbst {moment}", "reported; by itself {moment}")
                }
                None => pick(lang, "gemeldet", "reported"),
            };
            let moves = match anchoring {
                Anchoring::First => pick(lang, "das erste Eintreten zählt", "the first occurrence counts"),
                Anchoring::Last => pick(
                    lang,
                    "das jüngste Eintreten zählt; jedes neue beginnt die Frist von vorn",
                    "the latest occurrence counts; each new one starts the period again",
                ),
            };
            vec![
                cell(classes::start(model, event, anchoring, lang)),
                cell(event.as_str()),
                cell(say::capital(&how)),
                cell(say::capital(&moves)),
            ]
        })
        .collect();
    let heads = [
        ("Startzeitpunkt", "Start event"),
        ("Kennung", "Id"),
        ("Woher bekannt", "How it is known"),
        ("Bei Wiederholung", "If it recurs"),
    ];
    table(("Startzeitpunkte", "Start events"), &heads, rows, lang)
}

/// The distinct periods, the shortest first.
fn periods(model: &Model, found: &[DeletionClass<'_>], lang: Lang) -> Table {
    let rows = classes::periods(found)
        .into_iter()
        .map(|key| {
            let mine: Vec<_> = found.iter().filter(|one| one.key() == key).collect();
            let mut data: Vec<String> = Vec::new();
            for label in mine.iter().flat_map(|one| &one.data).flat_map(|class| labels(model, class, lang)) {
                if !data.contains(&label) {
                    data.push(label);
                }
            }
            vec![cell(key.text(lang)), cells(mine.iter().map(|one| one.name(lang))), cells(data)]
        })
        .collect();
    let heads =
        [("Standardfrist", "Standard period"), ("Löschklassen", "Deletion classes"), ("Datenarten", "Kinds of data")];
    table(("Standardfristen, die kürzeste zuerst", "Standard periods, the shortest first"), &heads, rows, lang)
}

fn labels(model: &Model, class: &ClassName, lang: Lang) -> Vec<String> {
    words::labels(model, std::slice::from_ref(class), lang)
}

/// The matrix of start events and standard periods. A wide one is cut, so that it fits on paper.
fn matrix(model: &Model, found: &[DeletionClass<'_>], lang: Lang) -> Vec<Block> {
    const COLUMNS: usize = 4;
    let all = classes::periods(found);
    let parts = all.len().div_ceil(COLUMNS);
    let mut blocks = vec![Block::Text(pick(
        lang,
        "Eine Löschklasse ist ein Startzeitpunkt mit einer Standardfrist. Steht bei einer Klasse ein Stern, ist sie \
         Teil einer Regel mit mehreren Terminen; wie diese zusammenwirken, sagt die Löschregel.",
        "A deletion class is a start event together with a standard period. A class with an asterisk is part of a \
         rule with several dates; the deletion rule says how they interact.",
    ))];
    for (columns, part) in all.chunks(COLUMNS).zip(1..) {
        let mut starts: Vec<_> = Vec::new();
        for one in found.iter().filter(|one| columns.contains(&one.key())) {
            if !starts.contains(&one.start()) {
                starts.push(one.start());
            }
        }
        let rows = starts
            .into_iter()
            .map(|(event, anchoring)| {
                let mut row = vec![cell(classes::start(model, event, anchoring, lang))];
                row.extend(columns.iter().map(|key| {
                    let here = found.iter().filter(|one| one.key() == *key && one.start() == (event, anchoring));
                    cells(here.flat_map(|one| {
                        let star = if one.combined { " *" } else { "" };
                        let head = format!("{}{star}", one.name(lang));
                        let data = one.data.iter().flat_map(|class| labels(model, class, lang));
                        std::iter::once(head).chain(data).collect::<Vec<_>>()
                    }))
                }));
                row
            })
            .collect();
        let mut heads = vec![pick(lang, "Startzeitpunkt", "Start event")];
        heads.extend(columns.iter().map(|key| key.text(lang)));
        let caption = if parts > 1 {
            both!(
                lang,
                "Matrix der Löschklassen, Teil {part} von {parts}",
                "Matrix of deletion classes, part {part} of {parts}"
            )
        } else {
            pick(lang, "Matrix der Löschklassen", "Matrix of deletion classes")
        };
        blocks.push(Block::Table(Table { caption, heads, rows, ..Table::default() }));
    }
    blocks
}

/// The rules as they run, with their grounds.
fn rules(model: &Model, found: &[DeletionClass<'_>], lang: Lang) -> Table {
    let rows = model
        .retentions
        .iter()
        .map(|(name, retention)| {
            let mine = found.iter().filter(|one| one.rules.contains(&name));
            vec![
                cells(words::labels(model, &retention.data, lang)),
                cells(words::erasure(model, retention, lang)),
                cells(mine.map(|one| one.name(lang))),
                cells(ground(model, retention, lang)),
                cells(particulars(model, retention, lang)),
                cell(format!("retain.{name}")),
            ]
        })
        .collect();
    let heads = [
        ("Datenarten", "Kinds of data"),
        ("Regel", "Rule"),
        ("Löschklassen", "Deletion classes"),
        ("Grundlage", "Ground"),
        ("Besonderes", "Particulars"),
        ("Kennung", "Id"),
    ];
    table(("Löschregeln", "Deletion rules"), &heads, rows, lang)
}

/// The statute that demands the period, or the purpose that needs the data no longer.
fn ground(model: &Model, retention: &Retention, lang: Lang) -> Vec<String> {
    if let Some(law) = &retention.law {
        return vec![say::statute(law, lang)];
    }
    let tenants = retention.data.iter().all(|class| super::activity::on_behalf(model, class));
    vec![if tenants {
        pick(
            lang,
            "Weisung des Verantwortlichen (Art. 28 Abs. 3 DSGVO)",
            "Instruction of the controller (Article 28(3) GDPR)",
        )
    } else {
        pick(
            lang,
            "Wegfall des Zwecks (Art. 17 Abs. 1 Buchst. a DSGVO)",
            "The purpose no longer requires the data (Article 17(1)(a) GDPR)",
        )
    }]
}

fn particulars(model: &Model, retention: &Retention, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(retention.meanwhile.as_ref().map(|meanwhile| words::meanwhile(model, meanwhile, lang)));
    if let Some(event) = &retention.cancel {
        let event = say::occurrence(model, event, Anchoring::First, lang);
        lines.push(both!(
            lang,
            "Mit {event} entfällt eine laufende Frist.",
            "With {event}, any period that is running lapses.",
        ));
    }
    if !retention.cascade.is_empty() {
        let labels = say::list(&words::labels(model, &retention.cascade, lang), lang);
        lines.push(both!(lang, "Zugleich gelöscht: {labels}.", "Erased at the same time: {labels}."));
    }
    if retention.leaves_proof {
        lines.push(pick(
            lang,
            "Es bleibt ein Löschbeleg ohne Inhalte zurück.",
            "A record of the erasure without any content is kept.",
        ));
    }
    lines
}

/// What keeps data past its date, and what makes it go before.
fn exceptions(model: &Model, lang: Lang) -> Vec<Block> {
    let rows = model
        .holds
        .iter()
        .map(|(name, hold)| {
            let purpose = model.purposes.get(&hold.purpose).map_or("", |purpose| purpose.label.get(lang));
            let (article, until) = match &hold.kind {
                HoldKind::Dispute { until } => {
                    let longest = say::period(*until, lang);
                    (
                        pick(lang, "Art. 17 Abs. 3 Buchst. e DSGVO", "Article 17(3)(e) GDPR"),
                        both!(
                            lang,
                            "längstens {longest}, im Einzelfall angeordnet",
                            "at most {longest}, ordered case by case"
                        ),
                    )
                }
                HoldKind::Statute { law, rule } => {
                    let (law, moment) = (say::statute(law, lang), say::moment(model, rule, lang));
                    let article = pick(lang, "Art. 17 Abs. 3 Buchst. b DSGVO", "Article 17(3)(b) GDPR");
                    (format!("{law}; {article}"), both!(lang, "von selbst; Ende {moment}", "by itself; ends {moment}"))
                }
            };
            vec![
                cell(say::capital(hold.ground.get(lang))),
                cells(words::labels(model, &hold.data, lang)),
                cell(article),
                cell(say::capital(&until)),
                cell(say::capital(purpose)),
                cell(format!("hold.{name}")),
            ]
        })
        .collect();
    let heads = [
        ("Grund", "Ground"),
        ("Datenarten", "Kinds of data"),
        ("Vorschrift", "Provision"),
        ("Dauer", "Duration"),
        ("Einzige Verwendung", "Only use"),
        ("Kennung", "Id"),
    ];
    vec![
        Block::Text(pick(
            lang,
            "Verlangt eine betroffene Person die Löschung, werden ihre Daten vor Ablauf der Frist gelöscht, soweit \
             kein Gesetz ihre Aufbewahrung verlangt (Art. 17 Abs. 1, 3 DSGVO). Ist die Verarbeitung eingeschränkt, \
             bleiben sie gespeichert, aber ungenutzt (Art. 18 DSGVO).",
            "Where a data subject requests erasure, the data are erased before their period ends, unless a law \
             requires that they be kept (Article 17(1), (3) GDPR). Where processing is restricted, they remain \
             stored but unused (Article 18 GDPR).",
        )),
        Block::Table(table(
            ("Gründe, Daten länger aufzubewahren", "Grounds for keeping data longer"),
            &heads,
            rows,
            lang,
        )),
    ]
}

fn backups(model: &Model, lang: Lang) -> Vec<Block> {
    let mut blocks = vec![Block::Text(pick(
        lang,
        "Jeder Wert ist verschlüsselt; mit der Löschung wird sein Schlüssel vernichtet. Was gelöscht ist, bleibt \
         deshalb auch in jeder Sicherungskopie unlesbar, und eine Wiederherstellung bringt es nicht zurück.",
        "Every value is encrypted, and erasure destroys its key. What has been erased therefore remains unreadable \
         in every backup as well, and a restore does not bring it back.",
    ))];
    if let Some(backup) = &model.backup {
        let caption = pick(lang, "Sicherungskopien", "Backups");
        blocks.push(Block::Table(Table::facts(caption, backup_facts(model, backup, lang))));
    }
    blocks
}

fn backup_facts(model: &Model, backup: &Backup, lang: Lang) -> Vec<(String, Vec<Entry>)> {
    let places = backup.places.iter().filter_map(|place| model.places.get(place)).map(|place| {
        let country = say::country(&place.country, lang);
        let certificate = place.certificate.as_ref().map_or_else(String::new, |certificate| {
            let until = certificate.until.map_or_else(String::new, |until| {
                let until = say::date(until, lang);
                both!(lang, " bis zum {until}", " until {until}")
            });
            let name = &certificate.name;
            both!(lang, ", zertifiziert nach {name}{until}", ", certified to {name}{until}")
        });
        format!("{} ({country}){certificate}", place.city)
    });
    let tenants = match backup.tenants {
        TenantBackup::Included => pick(lang, "enthalten", "included"),
        TenantBackup::OnRequest => {
            pick(lang, "nur auf Bestellung des Kunden enthalten", "included only where the client orders it")
        }
        TenantBackup::Never => pick(lang, "nicht enthalten", "not included"),
    };
    let has_tenants = model.audience_with(Relation::SubjectOfTenant).is_some();
    vec![
        (pick(lang, "Häufigkeit", "Frequency"), cell(say::capital(&say::every(backup.every, lang)))),
        (
            pick(lang, "Aufbewahrung", "Retention"),
            cells(backup.keep.iter().map(|tier| say::capital(&kept(*tier, lang)))),
        ),
        (pick(lang, "Orte", "Places"), cells(places)),
        (
            pick(lang, "Daten der Kunden", "Data of clients"),
            cell(if has_tenants { say::capital(&tenants) } else { String::new() }),
        ),
        (
            pick(lang, "Probe der Wiederherstellung", "Test of the restore"),
            cell(backup.restore_test.map_or_else(String::new, |period| say::capital(&say::every(period, lang)))),
        ),
    ]
}

/// "tägliche für 30 Tage" / "daily for 30 days".
fn kept(tier: Tier, lang: Lang) -> String {
    let (de, en) = match tier.each {
        Each::All => ("alle", "all"),
        Each::Hourly => ("stündliche", "hourly ones"),
        Each::Daily => ("tägliche", "daily ones"),
        Each::Weekly => ("wöchentliche", "weekly ones"),
        Each::Monthly => ("monatliche", "monthly ones"),
        Each::Yearly => ("jährliche", "yearly ones"),
    };
    let period = say::period(tier.keep, lang);
    both!(lang, "{de} für {period}", "{en} for {period}")
}

fn logs(model: &Model, lang: Lang) -> Table {
    let logs = model.logs.iter().filter_map(|(name, log)| {
        let keep = log.keep.as_ref()?;
        let title = pick(lang, "Serverprotokolle", "Server logs");
        let moment = say::moment(model, keep, lang);
        Some((title, both!(lang, "Löschung {moment}", "Erasure {moment}"), format!("log.{name}")))
    });
    let cookies = model.cookies.iter().map(|(name, cookie)| {
        let lifetime = say::lifetime(model, &cookie.keep, lang);
        (
            format!("Cookie {}", cookie.name),
            both!(lang, "Verfall {lifetime}", "Expiry {lifetime}"),
            format!("cookie.{name}"),
        )
    });
    let rows = logs.chain(cookies).map(|(what, when, id)| vec![cell(what), cell(when), cell(id)]).collect();
    let heads = [("Gegenstand", "What"), ("Wann", "When"), ("Kennung", "Id")];
    table(("Außerhalb der Datenarten", "Outside the kinds of data"), &heads, rows, lang)
}

fn implementation(model: &Model, lang: Lang) -> Vec<Block> {
    let every = say::every(model.policy.sweep, lang);
    vec![
        Block::Text(both!(
            lang,
            "Fällige Daten werden selbsttätig gelöscht: Das Programm ermittelt {every}, welche Datensätze nach ihren \
             Startzeitpunkten und den Löschregeln fällig sind, und löscht sie. Jede Löschung wird aufgezeichnet, ohne \
             Inhalte der gelöschten Daten.",
            "Data that are due are erased automatically: {every}, the program determines which records are due by \
             their start events and the deletion rules, and erases them. Every erasure is recorded without any \
             content of the data erased.",
        )),
        Block::Text(pick(
            lang,
            "Dieses Konzept und der Datenschutzhinweis werden aus denselben Regeln erzeugt, nach denen gelöscht \
             wird. Ob geschieht, was sie sagen, wird an den gespeicherten Daten und in einer Probe mit erdachten \
             Daten geprüft.",
            "This concept and the privacy notice are generated from the same policy by which data are erased. \
             Whether what they say is done is checked against the stored data and in a rehearsal with invented data.",
        )),
    ]
}

fn responsibilities(model: &Model, lang: Lang) -> Table {
    let mut facts = vec![(
        pick(lang, "Löschregeln und ihre Einhaltung", "Deletion rules and compliance with them"),
        cell(super::register::us(model, lang)),
    )];
    if let Some((_, people)) = model.audience_with(Relation::SubjectOfTenant) {
        let label = people.label.get(lang);
        facts.push((
            both!(lang, "Daten der Gruppe „{label}“", "Data of the group “{label}”"),
            cell(pick(
                lang,
                "Der Kunde bestimmt als Verantwortlicher, wir löschen in seinem Auftrag (Art. 28 DSGVO)",
                "The client decides as the controller; we erase on its behalf (Article 28 GDPR)",
            )),
        ));
    }
    let processors = model.recipients.values().filter(|one| one.kind == obhut_core::model::RecipientKind::Processor);
    facts.push((
        pick(lang, "Auftragsverarbeiter, die Kopien halten", "Processors that hold copies"),
        cells(processors.map(|one| words::recipient(one, lang))),
    ));
    facts.push((pick(lang, "Anträge auf Löschung", "Requests for erasure"), cell(model.rights.email.clone())));
    Table::facts(pick(lang, "Wer wofür zuständig ist", "Who is responsible for what"), facts)
}
