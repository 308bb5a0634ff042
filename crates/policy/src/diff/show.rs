//! The changes in words, as Markdown and as JSON.

use obhut_core::model::{Lang, Model, Text};
use serde_json::{Value, json};

use super::{Difference, Kind, is_material, order::never_later};
use crate::say::{self, words};

/// What is said of each table: new, gone, changed; German, then English.
const TABLES: [(&str, [&str; 3], [&str; 3]); 30] = [
    (
        "access",
        ["Zugriff geregelt", "Regelung des Zugriffs entfällt", "Zugriff unserer Mitarbeiter geändert"],
        ["Access regulated", "Rules on access removed", "Access of our staff changed"],
    ),
    (
        "audience",
        ["Neue Personengruppe", "Personengruppe entfällt", "Beschreibung einer Personengruppe geändert"],
        ["New group of people", "Group of people removed", "Description of a group of people changed"],
    ),
    (
        "authority",
        ["Neue Aufsichtsbehörde", "Aufsichtsbehörde entfällt", "Aufsichtsbehörde geändert"],
        ["New supervisory authority", "Supervisory authority removed", "Supervisory authority changed"],
    ),
    (
        "automated_decisions",
        ["Automatisierte Entscheidungen", "Automatisierte Entscheidungen", "Automatisierte Entscheidungen: geändert"],
        ["Automated decisions", "Automated decisions", "Automated decisions: changed"],
    ),
    (
        "backup",
        ["Sicherungen", "Sicherungen entfallen", "Sicherungen geändert"],
        ["Backups", "Backups removed", "Backups changed"],
    ),
    (
        "consent",
        ["Neue Einwilligung", "Einwilligung entfällt", "Einwilligung geändert"],
        ["New consent", "Consent removed", "Consent changed"],
    ),
    (
        "controller",
        ["Neuer Verantwortlicher", "Verantwortlicher entfällt", "Angaben zum Verantwortlichen geändert"],
        ["New controller", "Controller removed", "Details of the controller changed"],
    ),
    (
        "cookie",
        ["Neu auf dem Gerät", "Nicht mehr auf dem Gerät", "Speicherung auf dem Gerät geändert"],
        ["New on the device", "No longer on the device", "Storage on the device changed"],
    ),
    (
        "data",
        ["Neue Daten", "Nicht mehr verarbeitete Daten", "Verarbeitete Daten geändert"],
        ["New data", "Data no longer processed", "Data processed changed"],
    ),
    (
        "disclosure",
        ["Weitergabe geregelt", "Regelung der Weitergabe entfällt", "Weitergabe geändert"],
        ["Disclosure regulated", "Rule on disclosure removed", "Disclosure changed"],
    ),
    (
        "dpo",
        ["Datenschutzbeauftragter", "Datenschutzbeauftragter", "Datenschutzbeauftragter geändert"],
        ["Data protection officer", "Data protection officer", "Data protection officer changed"],
    ),
    (
        "event",
        ["Neues Ereignis", "Ereignis entfällt", "Ereignis geändert"],
        ["New event", "Event removed", "Event changed"],
    ),
    (
        "export",
        ["Herausgabe", "Herausgabe", "Herausgabe geändert"],
        ["Handing over", "Handing over", "Handing over changed"],
    ),
    (
        "hold",
        [
            "Neuer Grund für längeres Aufbewahren",
            "Grund für längeres Aufbewahren entfällt",
            "Grund für längeres Aufbewahren geändert",
        ],
        [
            "New ground for longer retention",
            "Ground for longer retention removed",
            "Ground for longer retention changed",
        ],
    ),
    (
        "identity",
        ["Neue Prüfung der Identität", "Prüfung der Identität entfällt", "Prüfung der Identität geändert"],
        ["New check of identity", "Check of identity removed", "Check of identity changed"],
    ),
    (
        "jurisdiction",
        ["Weiteres anwendbares Recht", "Anwendbares Recht entfällt", "Weiteres anwendbares Recht geändert"],
        ["Further applicable law", "Applicable law removed", "Further applicable law changed"],
    ),
    ("log", ["Neues Protokoll", "Protokoll entfällt", "Protokoll geändert"], ["New log", "Log removed", "Log changed"]),
    (
        "measure",
        ["Neue Schutzmaßnahme", "Schutzmaßnahme entfällt", "Schutzmaßnahme geändert"],
        ["New measure of protection", "Measure of protection removed", "Measure of protection changed"],
    ),
    (
        "message",
        ["Neue Nachrichten", "Nachrichten entfallen", "Nachrichten geändert"],
        ["New messages", "Messages removed", "Messages changed"],
    ),
    (
        "place",
        ["Neuer Ort für Kopien", "Ort für Kopien entfällt", "Ort für Kopien geändert"],
        ["New place for copies", "Place for copies removed", "Place for copies changed"],
    ),
    (
        "policy",
        ["Hinweis", "Hinweis", "Angaben zu diesem Hinweis geändert"],
        ["Notice", "Notice", "Details of this notice changed"],
    ),
    (
        "purpose",
        ["Neuer Zweck", "Zweck entfällt", "Zweck geändert"],
        ["New purpose", "Purpose removed", "Purpose changed"],
    ),
    (
        "recipient",
        ["Neuer Empfänger", "Empfänger entfällt", "Empfänger geändert"],
        ["New recipient", "Recipient removed", "Recipient changed"],
    ),
    (
        "retain",
        ["Neue Speicherdauer", "Regel zur Speicherdauer entfällt", "Geänderte Speicherung"],
        ["New retention period", "Retention rule removed", "Retention changed"],
    ),
    (
        "rights",
        ["Rechte", "Rechte", "Ausübung der Rechte geändert"],
        ["Rights", "Rights", "Exercise of rights changed"],
    ),
    ("role", ["Neue Rolle", "Rolle entfällt", "Rolle geändert"], ["New role", "Role removed", "Role changed"]),
    (
        "service",
        ["Neuer Dienst", "Dienst entfällt", "Dienst geändert"],
        ["New service", "Service removed", "Service changed"],
    ),
    (
        "storage",
        ["Speicherort", "Speicherort", "Speicherort geändert"],
        ["Place of storage", "Place of storage", "Place of storage changed"],
    ),
    (
        "word",
        ["Neue Bezeichnung", "Bezeichnung entfällt", "Bezeichnung geändert"],
        ["New wording", "Wording removed", "Wording changed"],
    ),
    ("format", ["Format", "Format", "Format geändert"], ["Format", "Format", "Format changed"]),
];

/// The change in a few words.
pub(super) fn headline(old: &Model, new: &Model, entry: &str, kind: Kind, keys: &[String]) -> Text {
    let (table, name) = entry.split_once('.').unwrap_or((entry, ""));
    let said = |lang: Lang| {
        let what = what(old, new, (table, name), kind, lang);
        let rewording = kind == Kind::Changed
            && !keys.is_empty()
            && keys.iter().all(|key| ["label", "intro", "ground", "interest"].contains(&key.as_str()));
        let what =
            if rewording { words!(lang, "{what} (nur die Formulierung)", "{what} (wording only)") } else { what };
        match label(new, table, name, lang).or_else(|| label(old, table, name, lang)) {
            Some(label) => format!("{what}: {label}"),
            None => what,
        }
    };
    Text { de: said(Lang::De), en: said(Lang::En) }
}

fn what(old: &Model, new: &Model, (table, name): (&str, &str), kind: Kind, lang: Lang) -> String {
    if table == "retain" && kind == Kind::Changed {
        let last = |model: &Model| model.retentions.get(name).and_then(|rule| rule.stages.last()).cloned();
        if let (Some(before), Some(after)) = (last(old), last(new)) {
            let (earlier, later) = (never_later(&after.rule, &before.rule), never_later(&before.rule, &after.rule));
            match (earlier, later) {
                (true, false) => return words!(lang, "Kürzere Speicherdauer", "Shorter retention"),
                (false, true) => return words!(lang, "Längere Speicherdauer", "Longer retention"),
                _ => {}
            }
        }
    }
    let of = TABLES.iter().find(|(known, _, _)| *known == table);
    let [added, removed, changed] = of.map_or(["", "", ""], |(_, de, en)| if lang == Lang::De { *de } else { *en });
    match kind {
        Kind::Added => added,
        Kind::Removed => removed,
        Kind::Changed => changed,
    }
    .to_owned()
}

/// The sentences of the two texts that the other one has not. A change that shows in no sentence needs none beside it.
pub(super) fn only_what_differs(before: Option<Text>, after: Option<Text>) -> (Option<Text>, Option<Text>) {
    let (Some(old), Some(new)) = (&before, &after) else { return (before, after) };
    let pick = |text: &Text, other: &Text| {
        let one = |text: &str, other: &str| {
            let others = sentences(other);
            let own: Vec<_> = sentences(text).into_iter().filter(|sentence| !others.contains(sentence)).collect();
            own.join(" ")
        };
        let picked = Text { de: one(&text.de, &other.de), en: one(&text.en, &other.en) };
        (!picked.de.is_empty() || !picked.en.is_empty()).then_some(picked)
    };
    (pick(old, new), pick(new, old))
}

/// The sentences of a text: a full stop, a space and a capital letter part them, unless the stop ends an abbreviation.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(". ") {
        let (Some(before), Some(after)) = (text.get(from..at), text.get(at + 2..)) else { continue };
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let short = word.chars().count() <= 3 || word == "Buchst";
        if after.starts_with(char::is_uppercase) && !short {
            found.extend(text.get(from..=at));
            from = at + 2;
        }
    }
    found.extend(text.get(from..).filter(|rest| !rest.is_empty()));
    found
}

/// What people call the entry.
fn label(model: &Model, table: &str, name: &str, lang: Lang) -> Option<String> {
    let text = |text: &Text| text.get(lang).to_owned();
    let classes = |classes: &[obhut_core::id::ClassName]| {
        let labels: Vec<_> = classes.iter().filter_map(|class| Some(model.data.get(class)?.label.get(lang))).collect();
        (!labels.is_empty()).then(|| say::list(&labels, lang))
    };
    match table {
        "audience" => model.audiences.get(name).map(|entry| text(&entry.label)),
        "data" => model.data.get(name).map(|entry| text(&entry.label)),
        "purpose" => model.purposes.get(name).map(|entry| text(&entry.label)),
        "role" => model.roles.get(name).map(|entry| text(&entry.label)),
        "service" => model.services.get(name).map(|entry| text(&entry.label)),
        "measure" => model.measures.get(name).map(|entry| text(&entry.label)),
        "word" => model.words.get(name).map(|entry| text(&entry.text)),
        "recipient" => model.recipients.get(name).map(|entry| entry.name.clone().unwrap_or_else(|| text(&entry.label))),
        "cookie" => model.cookies.get(name).map(|entry| entry.name.clone()),
        "place" => model.places.get(name).map(|entry| entry.city.clone()),
        "retain" => model.retentions.get(name).and_then(|entry| classes(&entry.data)),
        "hold" => model.holds.get(name).and_then(|entry| classes(&entry.data)),
        "disclosure" => model.audiences.get(name).map(|entry| text(&entry.label)),
        "message" => model
            .messages
            .get(name)
            .and_then(|entry| model.audiences.get(&entry.audience))
            .map(|audience| text(&audience.label)),
        "consent" => model.consents.get(name).map(|entry| {
            let text = entry.text.get(lang);
            words!(lang, "„{text}“", "“{text}”")
        }),
        _ => None,
    }
}

/// The changes as a page in Markdown, the material ones first.
pub fn markdown(old: &Model, new: &Model, differences: &[Difference], lang: Lang) -> String {
    let (from, to) = (&old.policy.version, &new.policy.version);
    let day = say::date(new.policy.valid_from, lang);
    let title = words!(
        lang,
        "# Was sich ändert: Fassung {from} → {to}\n\nGültig ab {day}.\n",
        "# What changes: version {from} → {to}\n\nValid from {day}.\n",
    );
    if differences.is_empty() {
        let nothing = words!(lang, "Es ändert sich nichts.", "Nothing changes.");
        return format!("{title}\n{nothing}\n");
    }
    let mut text = title;
    let (material, other): (Vec<_>, Vec<_>) = differences.iter().partition(|difference| difference.material.is_some());
    let headings = if lang == Lang::De {
        ["Wesentliche Änderungen", "Weitere Änderungen"]
    } else {
        ["Material changes", "Other changes"]
    };
    for (heading, differences) in headings.into_iter().zip([material, other]) {
        if differences.is_empty() {
            continue;
        }
        text.extend(["\n## ", heading, "\n"]);
        for difference in differences {
            one(new, old, difference, lang, &mut text);
        }
    }
    text
}

fn one(new: &Model, old: &Model, difference: &Difference, lang: Lang, text: &mut String) {
    text.extend(["\n### ", difference.headline.get(lang), "\n\n"]);
    let labels: Vec<_> = difference
        .audiences
        .iter()
        .filter_map(|audience| new.audiences.get(audience).or_else(|| old.audiences.get(audience)))
        .map(|audience| audience.label.get(lang))
        .collect();
    if !labels.is_empty() {
        let labels = say::list(&labels, lang);
        text.push_str(&words!(lang, "- Betrifft: {labels}\n", "- Concerns: {labels}\n"));
    }
    if let Some(why) = &difference.material {
        let why = why.get(lang);
        text.push_str(&words!(lang, "- Wesentlich, denn: {why}\n", "- Material, because: {why}\n"));
    }
    if let Some(before) = &difference.before {
        let before = before.get(lang);
        text.push_str(&words!(lang, "- Bisher: {before}\n", "- Until now: {before}\n"));
    }
    if let Some(after) = &difference.after {
        let after = after.get(lang);
        text.push_str(&words!(lang, "- Künftig: {after}\n", "- From now on: {after}\n"));
    }
}

/// The changes as JSON.
pub fn json(old: &Model, new: &Model, differences: &[Difference]) -> Value {
    let text = |text: &Text| json!({"de": text.de, "en": text.en});
    let version = |model: &Model| {
        json!({
            "version": model.policy.version,
            "valid_from": model.policy.valid_from.to_string(),
            "sha256": model.policy.hash.to_string(),
        })
    };
    let changes: Vec<_> = differences
        .iter()
        .map(|difference| {
            json!({
                "entry": difference.entry,
                "change": difference.kind,
                "keys": difference.keys,
                "audiences": difference.audiences,
                "classes": difference.classes,
                "material": difference.material.is_some(),
                "because": difference.material.as_ref().map(text),
                "headline": text(&difference.headline),
                "before": difference.before.as_ref().map(text),
                "after": difference.after.as_ref().map(text),
            })
        })
        .collect();
    json!({"old": version(old), "new": version(new), "material": is_material(differences), "changes": changes})
}
