//! How long (Art. 13(2)(a), 17, 18).

use std::collections::BTreeSet;

use obhut_core::{
    id::{EventName, RetentionName},
    model::{Action, Basis, Hold, HoldKind, Meanwhile, Purpose, Relation, Retention, Stage},
    rule::{Anchoring, Rule},
};

use super::{Draft, Item, Voice};
use crate::say::{self, words};

const ARTICLES: &[&str] = &["13(2)(a)"];

pub(super) fn section(voice: &Voice<'_>) -> Option<Draft> {
    if !voice.has_data() {
        return None;
    }
    let mut items: Vec<_> =
        voice.retentions().into_iter().map(|(name, retention)| item(voice, name, retention)).collect();
    let holds = voice.model.holds.iter().filter(|(_, hold)| voice.concerns(&hold.data));
    items.extend(holds.map(|(name, hold)| {
        Item::new("hold", name.as_str(), ARTICLES, held(voice, hold)).about(&voice.labels(&hold.data))
    }));
    items.push(Item::new("erasure", "final", ARTICLES, finality(voice)));
    let anonymised = voice
        .retentions()
        .iter()
        .flat_map(|(_, retention)| &retention.stages)
        .any(|stage| stage.action == Action::Anonymise);
    let lead = if anonymised {
        voice.pick(
            "Sobald die folgenden Fristen abgelaufen sind, werden Ihre Daten gelöscht oder anonymisiert und sind nicht mehr \
             zugänglich.",
            "Once the following periods have ended, your data are erased or anonymised and can no longer be accessed.",
        )
    } else {
        voice.pick(
            "Sobald die folgenden Fristen abgelaufen sind, werden Ihre Daten gelöscht und sind nicht mehr zugänglich.",
            "Once the following periods have ended, your data are erased and can no longer be accessed.",
        )
    };
    let title = voice.pick("Speicherdauer und Löschung", "Retention and erasure");
    Some(Draft { name: "retention", title, lead: Some(lead), items })
}

fn item(voice: &Voice<'_>, name: &RetentionName, retention: &Retention) -> Item {
    let item = |text| Item::new("retain", name.as_str(), ARTICLES, text);
    if voice.concerns(&retention.data) {
        item(own(voice, retention)).about(&voice.labels(&retention.data))
    } else {
        item(taken_along(voice, retention)).about(&voice.labels(&retention.cascade))
    }
}

/// A rule about the audience's own data.
fn own(voice: &Voice<'_>, retention: &Retention) -> String {
    let lang = voice.lang;
    let mut sentences: Vec<_> =
        retention.stages.iter().enumerate().map(|(index, step)| stage(voice, step, index > 0)).collect();
    if let Some(when) = &retention.when {
        let records = say::condition(voice.model, when, lang);
        sentences.push(words!(lang, "Das gilt für {records}.", "This applies to {records}."));
    }
    sentences.extend(happenings(voice, retention.stages.iter().map(|stage| &stage.rule)));
    if let Some(law) = &retention.law {
        let law = say::statute(law, lang);
        sentences.push(words!(
            lang,
            "Bis dahin sind wir gesetzlich zur Aufbewahrung verpflichtet ({law}).",
            "Until then we are required by law to keep them ({law}).",
        ));
    }
    // A choice between several dates has no one beginning.
    let from = if retention.stages.iter().any(|stage| matches!(stage.rule, Rule::Earliest(_) | Rule::Latest(_))) {
        let anonymised = retention.stages.last().is_some_and(|stage| stage.action == Action::Anonymise);
        if anonymised {
            voice.pick(
                "Sobald der Zeitpunkt der Anonymisierung feststeht,",
                "Once the date of anonymisation is certain,",
            )
        } else {
            voice.pick("Sobald der Zeitpunkt der Löschung feststeht,", "Once the date of erasure is certain,")
        }
    } else {
        voice.pick("Vom Beginn der Frist an", "From the beginning of that period")
    };
    match &retention.meanwhile {
        Some(Meanwhile::Restrict) => sentences.push(words!(
            lang,
            "{from} bleiben sie gespeichert, werden aber nicht mehr genutzt (Art. 18 DSGVO).",
            "{from} they remain stored but are no longer used (Article 18 GDPR).",
        )),
        Some(Meanwhile::ExportOnly) => sentences.push(words!(
            lang,
            "{from} werden sie nur noch für die Herausgabe bereitgehalten.",
            "{from} they are held only so that they can be handed over.",
        )),
        Some(Meanwhile::Only(purpose)) => {
            let (purpose, label) = voice.purposes_and_list([purpose]);
            sentences.push(words!(
                lang,
                "{from} werden sie nur noch {purpose} verwendet: {label}.",
                "{from} they are used only {purpose}: {label}.",
            ));
        }
        None => {}
    }
    if let Some(consent) = &retention.unless {
        sentences.push(consented(voice, retention, consent));
    }
    if let Some(event) = &retention.cancel {
        let event = say::occurrence(voice.model, event, Anchoring::First, lang);
        sentences.push(words!(
            lang,
            "Mit {event} entfällt eine laufende Frist.",
            "With {event}, any period that is running lapses.",
        ));
    }
    if !retention.cascade.is_empty() {
        sentences.push(cascade(voice, retention));
    }
    if retention.leaves_proof {
        sentences.push(voice.pick(
            "Zum Nachweis bleibt ein Löschbeleg zurück, der keine Inhalte Ihrer Daten enthält.",
            "A record of the erasure is kept as evidence; it contains none of the content of your data.",
        ));
    }
    sentences.join(" ")
}

/// The comma that closes an insertion before the verb.
pub(super) fn comma(voice: &Voice<'_>, rule: &Rule) -> &'static str {
    if say::ends_in_insertion(voice.model, rule, voice.lang) { "," } else { "" }
}

/// When the events of these rules count as having happened although nobody reports them: each once, causes after what
/// they cause.
fn happenings<'r>(voice: &Voice<'_>, rules: impl Iterator<Item = &'r Rule>) -> Vec<String> {
    let mut open: Vec<(EventName, Anchoring)> =
        rules.flat_map(Rule::events).map(|(event, anchor)| (event.clone(), anchor)).collect();
    open.reverse();
    let (mut seen, mut sentences) = (BTreeSet::new(), Vec::new());
    while let Some((event, anchor)) = open.pop() {
        if !seen.insert(event.clone()) {
            continue;
        }
        sentences.extend(say::happening(voice.model, &event, anchor, voice.lang));
        let derived = voice.model.events.get(&event).and_then(|known| known.derived.as_ref());
        let causes = derived.map_or_else(Vec::new, Rule::events);
        open.extend(causes.into_iter().rev().map(|(event, anchor)| (event.clone(), anchor)));
    }
    sentences
}

/// What happens when, as a sentence. A rule that keeps until a date says so; one that is an upper bound does not.
fn stage(voice: &Voice<'_>, stage: &Stage, later: bool) -> String {
    let lang = voice.lang;
    if let Rule::Until(..) = stage.rule {
        let until = say::rule(voice.model, &stage.rule, lang);
        return match (stage.action, lang) {
            (Action::Erase, _) => words!(
                lang,
                "Diese Daten werden {until} gespeichert und danach gelöscht.",
                "These data are stored {until} and then erased.",
            ),
            (Action::Anonymise, _) => words!(
                lang,
                "Diese Daten werden {until} gespeichert und danach anonymisiert, indem sie durch Zufallswerte ersetzt \
                 werden.",
                "These data are stored {until} and then anonymised by replacing them with random values.",
            ),
            (Action::Restrict, _) => words!(
                lang,
                "Diese Daten werden {until} genutzt und danach nur noch gespeichert (Art. 18 DSGVO).",
                "These data are used {until} and after that only stored (Article 18 GDPR).",
            ),
        };
    }
    let moment = say::moment(voice.model, &stage.rule, lang);
    let comma = comma(voice, &stage.rule);
    let data = if later { voice.pick("Sie", "They") } else { voice.pick("Diese Daten", "These data") };
    let kept = matches!(stage.rule, Rule::After { within: false, .. });
    match stage.action {
        Action::Erase if kept && !later => words!(
            lang,
            "{data} bleiben gespeichert und werden {moment}{comma} gelöscht.",
            "{data} are kept and then erased {moment}.",
        ),
        Action::Erase => words!(lang, "{data} werden {moment}{comma} gelöscht.", "{data} are erased {moment}."),
        Action::Anonymise => words!(
            lang,
            "{data} werden {moment}{comma} anonymisiert, indem sie durch Zufallswerte ersetzt werden.",
            "{data} are anonymised, by being replaced with random values, {moment}.",
        ),
        Action::Restrict => words!(
            lang,
            "{data} werden {moment}{comma} in ihrer Verarbeitung eingeschränkt: Sie bleiben gespeichert, werden aber nicht \
             mehr genutzt (Art. 18 DSGVO).",
            "{data} are restricted {moment}: they remain stored but are no longer used (Article 18 GDPR).",
        ),
    }
}

/// Longer storage on consent, and what the data may then be used for.
fn consented(voice: &Voice<'_>, retention: &Retention, consent: &obhut_core::id::ConsentName) -> String {
    let place = voice.asked(consent);
    // Where nothing but this consent allows any use of the data, it is no consent to longer storage: the data lives as
    // long as the consent.
    let rests = |purpose: &Purpose| matches!(&purpose.basis, Basis::Consent(name) if name == consent);
    let used = |purpose: &&Purpose| {
        !purpose.export
            && !matches!(purpose.basis, Basis::Law(_))
            && purpose.data.iter().any(|class| retention.data.contains(class))
    };
    let mut others = voice.model.purposes.values().filter(used).filter(|purpose| !rests(purpose));
    if others.next().is_none() {
        return words!(
            voice.lang,
            "Das gilt nicht, solange Ihre {place} erteilte Einwilligung besteht. Widerrufen Sie die Einwilligung, gilt die \
             Frist wieder; ist sie zu diesem Zeitpunkt schon abgelaufen, werden die Daten unverzüglich gelöscht.",
            "This does not apply for as long as the consent you gave {place} remains in force. If you withdraw your consent, \
             the period applies again; if it has ended by then, the data are erased immediately.",
        );
    }
    let uses = voice.purposes().into_iter().filter(|(_, purpose)| rests(purpose) || purpose.export);
    let (uses, list) = voice.purposes_and_list(uses.map(|(name, _)| name));
    words!(
        voice.lang,
        "Das gilt nicht, solange Ihre {place} erteilte Einwilligung in eine längere Speicherung besteht; nach Ablauf der \
         Frist werden die Daten dann nur noch {uses} verwendet: {list}. Widerrufen Sie die Einwilligung, gilt \
         die Frist wieder; ist sie zu diesem Zeitpunkt schon abgelaufen, werden die Daten unverzüglich gelöscht.",
        "This does not apply for as long as the consent to longer storage that you gave {place} remains in force; once \
         the period has ended, the data are then used only {uses}: {list}. If you withdraw your consent, the period applies \
         again; if it has ended by then, the data are erased immediately.",
    )
}

/// What goes together with the audience's data.
fn cascade(voice: &Voice<'_>, retention: &Retention) -> String {
    let lang = voice.lang;
    let people: Vec<_> = voice
        .model
        .audiences
        .iter()
        .filter(|(_, audience)| audience.relation == Relation::SubjectOfTenant)
        .filter(|(name, _)| {
            retention
                .cascade
                .iter()
                .any(|class| voice.model.data.get(class).is_some_and(|known| known.audience == **name))
        })
        .map(|(_, audience)| audience.label.get(lang))
        .collect();
    if people.is_empty() {
        let labels = voice.labels(&retention.cascade);
        return words!(
            lang,
            "Zugleich werden folgende Daten gelöscht: {labels}.",
            "The following data are erased at the same time: {labels}."
        );
    }
    let people = say::list(&people, lang);
    words!(
        lang,
        "Zugleich werden die Daten aller Ihrer {people} gelöscht, die wir für Sie speichern.",
        "The data of all your {people} that we store for you are erased at the same time.",
    )
}

/// A rule about somebody else's data that takes the audience's data along.
fn taken_along(voice: &Voice<'_>, retention: &Retention) -> String {
    let lang = voice.lang;
    let rules: Vec<_> = retention.stages.last().into_iter().collect();
    let moment = rules.iter().map(|stage| say::moment(voice.model, &stage.rule, lang)).collect::<String>();
    let comma = rules.iter().map(|stage| comma(voice, &stage.rule)).collect::<String>();
    if voice.retentions().iter().any(|(_, other)| voice.concerns(&other.data) && other.unless.is_some()) {
        return words!(
            lang,
            "Unabhängig von anderen Fristen und auch dann, wenn Sie in eine längere Speicherung eingewilligt haben, werden \
             diese Daten {moment}{comma} gelöscht.",
            "Irrespective of any other period, and even if you have consented to longer storage, these data are erased \
             {moment}.",
        );
    }
    words!(
        lang,
        "Unabhängig von anderen Fristen werden diese Daten {moment}{comma} gelöscht.",
        "Irrespective of any other period, these data are erased {moment}.",
    )
}

fn held(voice: &Voice<'_>, hold: &Hold) -> String {
    let lang = voice.lang;
    let ground = hold.ground.get(lang).trim_end_matches('.');
    let (purpose, label) = voice.purposes_and_list([&hold.purpose]);
    let longest = match &hold.kind {
        HoldKind::Dispute { until } => say::period(*until, lang),
        HoldKind::Statute { law, rule } => return statute(voice, hold, law, rule),
    };
    words!(
        lang,
        "Diese Daten können über ihre Frist hinaus gespeichert bleiben, soweit folgender Grund es verlangt: {ground}. \
         Sie werden dann nur noch {purpose} verwendet: {label}; das dauert längstens {longest}.",
        "These data may remain stored beyond their period to the extent required on the following ground: {ground}. \
         They are then used only {purpose}: {label}; this lasts no longer than {longest}.",
    )
}

/// What a statute keeps by itself.
fn statute(voice: &Voice<'_>, hold: &Hold, law: &str, rule: &Rule) -> String {
    let lang = voice.lang;
    let ground = hold.ground.get(lang).trim_end_matches('.');
    let (purpose, label) = voice.purposes_and_list([&hold.purpose]);
    let law = say::statute(law, lang);
    let end = say::moment(voice.model, rule, lang);
    let mut sentences = vec![words!(
        lang,
        "Soweit wir gesetzlich verpflichtet sind, diese Daten länger aufzubewahren ({ground}; {law}), bleiben sie über ihre \
         Frist hinaus gespeichert und werden dann nur noch {purpose} verwendet: {label}. Diese Pflicht endet {end}.",
        "Where we are required by law to keep these data for longer ({ground}; {law}), they remain stored beyond their \
         period and are then used only {purpose}: {label}. This duty ends {end}.",
    )];
    sentences.extend(happenings(voice, std::iter::once(rule)));
    sentences.join(" ")
}

/// An erased record stays erased, in every copy.
fn finality(voice: &Voice<'_>) -> String {
    let mut text = voice.pick(
        "Die Löschung ist endgültig und erfasst auch unsere Sicherungskopien; gelöschte Daten können wir nicht \
         wiederherstellen.",
        "Erasure is final and extends to our backups; we cannot restore data that have been erased.",
    );
    if voice.audience.relation == Relation::Tenant {
        text.push(' ');
        text.push_str(&voice.pick(
            "Danach hilft nur eine Sicherung, die Sie selbst zuvor heruntergeladen haben.",
            "From then on, your only recourse is a copy that you downloaded yourself beforehand.",
        ));
    }
    text
}
