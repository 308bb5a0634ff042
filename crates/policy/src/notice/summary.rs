//! The first layer: one row for each class of data, every cell a link to the sentence behind it.

use obhut_core::{
    id::{Anchor, ClassName},
    model::{RecipientKind, Retention},
};

use super::{Cell, Summary, Voice, recipient, voice::short};
use crate::say::{self, words};

pub(super) fn table(voice: &Voice<'_>) -> Option<Summary> {
    let mut rows: Vec<_> =
        voice.classes().map(|(name, class)| row(voice, name, short(class.label.get(voice.lang)))).collect();
    rows.extend(transit(voice));
    (!rows.is_empty()).then(|| Summary {
        caption: voice.pick("Das Wichtigste in Kürze", "At a glance"),
        heads: [
            voice.pick("Welche Daten", "Which data"),
            voice.pick("Wozu", "Why"),
            voice.pick("Wie lange", "How long"),
            voice.pick("An wen", "To whom"),
        ],
        rows,
    })
}

fn row(voice: &Voice<'_>, class: &ClassName, label: &str) -> [Vec<Cell>; 4] {
    let what = vec![Cell { text: say::capital(label), anchor: Anchor::of("data", class.as_str()) }];
    let why = voice
        .purposes()
        .into_iter()
        .filter(|(_, purpose)| purpose.data.contains(class))
        .map(|(name, purpose)| Cell {
            text: say::capital(purpose.label.get(voice.lang)),
            anchor: Anchor::of("purpose", name.as_str()),
        })
        .collect();
    let how_long = voice
        .retentions()
        .into_iter()
        .filter(|(_, retention)| retention.data.contains(class) || retention.cascade.contains(class))
        .map(|(name, retention)| Cell {
            text: say::capital(&term(voice, class, retention)),
            anchor: Anchor::of("retain", name.as_str()),
        })
        .collect();
    let to_whom = voice
        .recipients()
        .into_iter()
        .filter(|(_, recipient)| recipient.data.contains(class))
        .map(|(name, known)| {
            let term = say::capital(&recipient::term(voice, known));
            let text = if known.kind == RecipientKind::Authority {
                words!(voice.lang, "{term} (nur im Einzelfall)", "{term} (in individual cases only)")
            } else {
                term
            };
            Cell { text, anchor: Anchor::of("recipient", name.as_str()) }
        })
        .collect();
    [what, why, how_long, to_whom]
}

/// When the class goes, in short.
fn term(voice: &Voice<'_>, class: &ClassName, retention: &Retention) -> String {
    let last = retention.stages.last();
    let rule = last.map_or_else(String::new, |stage| say::rule(voice.model, &stage.rule, voice.lang));
    match &retention.unless {
        Some(_) if retention.data.contains(class) => {
            words!(voice.lang, "{rule}; länger nur mit Ihrer Einwilligung", "{rule}; longer only with your consent")
        }
        _ if retention.data.contains(class) => rule,
        _ => {
            let moment = last.map_or_else(String::new, |stage| say::moment(voice.model, &stage.rule, voice.lang));
            words!(voice.lang, "in jedem Fall {moment}", "in any event {moment}")
        }
    }
}

/// The one thing that is used without being stored: the address a page is sent to.
fn transit(voice: &Voice<'_>) -> Option<[Vec<Cell>; 4]> {
    if !voice.in_transit() {
        return None;
    }
    let log = Anchor::of("log", voice.serving_log()?.as_str());
    let storage = &voice.model.storage.processor;
    let host = voice.model.recipients.get(storage)?;
    let cell = |de: &str, en: &str| vec![Cell { text: voice.pick(de, en), anchor: log.clone() }];
    Some([
        cell("IP-Adresse", "IP address"),
        cell("Auslieferung der Seite", "Delivering the page"),
        cell("Nur während der Verbindung; wird nicht gespeichert", "Only during the connection; not stored"),
        vec![Cell { text: recipient::term(voice, host), anchor: Anchor::of("recipient", storage.as_str()) }],
    ])
}
