//! Who writes to the audience, and for what (Art. 21(2), 13(1)(c)).

use obhut_core::model::{Channel, Sender};

use super::{Draft, Item, Voice};
use crate::say::{self, words};

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let channels = voice.model.messages.iter().filter(|(_, channel)| channel.audience == *voice.name);
    let channels: Vec<_> = channels.collect();
    let items: Vec<_> = channels
        .iter()
        .map(|(name, channel)| {
            let text = text(voice, channel, &channels.iter().map(|(_, channel)| *channel).collect::<Vec<_>>());
            Item::new("message", name.as_str(), &[], text)
        })
        .collect();
    let lead = if items.is_empty() {
        voice.pick("Wir senden Ihnen keine Nachrichten.", "We do not send you any messages.")
    } else {
        voice.pick(
            "Ihre Kontaktdaten werden für keine anderen als die hier genannten Nachrichten verwendet.",
            "Your contact details are not used for any messages other than those stated here.",
        )
    };
    Draft { name: "messages", title: voice.pick("Nachrichten", "Messages"), lead: Some(lead), items }
}

fn text(voice: &Voice<'_>, channel: &Channel, all: &[&Channel]) -> String {
    let lang = voice.lang;
    let (ours, theirs) = (channel.from.contains(&Sender::Operator), channel.from.contains(&Sender::Tenant));
    let purposes = voice.for_purposes(&channel.purposes);
    // "Only" is said where one sentence says it all; the sentence above the items says it for several.
    let only = if all.len() == 1 { voice.pick("nur ", "only ") } else { String::new() };
    let mut sentences = vec![match (ours, theirs) {
        (true, true) => words!(
            lang,
            "Wir und der Kunde schreiben Ihnen {only}{purposes}.",
            "We and the client write to you {only}{purposes}.",
        ),
        (true, false) => {
            words!(lang, "Wir schreiben Ihnen {only}{purposes}.", "We write to you {only}{purposes}.")
        }
        (false, true) => words!(
            lang,
            "Nachrichten erhalten Sie nur im Namen und im Auftrag des Kunden und nur {purposes}.",
            "Messages reach you only in the name and on behalf of the client, and only {purposes}.",
        ),
        (false, false) => voice.pick("Ihnen schreibt niemand.", "Nobody writes to you."),
    }];
    if theirs && !all.iter().any(|channel| channel.from.contains(&Sender::Operator)) {
        sentences.push(voice.pick("Wir selbst schreiben Ihnen nicht.", "We do not write to you ourselves."));
    }
    if !channel.topics.is_empty() {
        let topics: Vec<_> = channel.topics.iter().map(|topic| say::topic(voice.model, topic.as_str(), lang)).collect();
        let topics = say::list(&topics, lang);
        sentences.push(words!(
            lang,
            "Sie können wählen, zu welchen Themen Sie Nachrichten erhalten: {topics}.",
            "You can choose the topics on which you receive messages: {topics}.",
        ));
    }
    if channel.unsubscribe {
        sentences.push(voice.pick(
            "Jede dieser Nachrichten enthält einen Link, mit dem Sie sie abbestellen können.",
            "Every one of these messages contains a link with which you can unsubscribe from them.",
        ));
    }
    sentences.join(" ")
}
