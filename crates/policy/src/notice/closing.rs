//! What ends the notice: the authority, automated decisions, changes (Art. 13(2)(d)(f), 12(1)).

use obhut_core::model::AnnounceBy;

use super::{Draft, Item, Voice};
use crate::say::{self, words};

pub(super) fn authority(voice: &Voice<'_>) -> Draft {
    let known = &voice.model.authority;
    let mut ways = vec![known.name.get(voice.lang).to_owned()];
    ways.extend(known.address.clone());
    ways.extend(known.email.as_ref().map(|email| format!("{} {email}", voice.pick("E-Mail", "email"))));
    ways.extend(known.phone.as_ref().map(|phone| format!("{} {phone}", voice.pick("Telefon", "telephone"))));
    ways.push(known.url.clone());
    let ways = ways.join(", ");
    let mut text = voice.pick(
        "Sie können sich bei einer Datenschutz-Aufsichtsbehörde beschweren, insbesondere an Ihrem Aufenthaltsort, an Ihrem \
         Arbeitsplatz oder am Ort des mutmaßlichen Verstoßes (Art. 77 DSGVO).",
        "You may lodge a complaint with a data protection supervisory authority, in particular where you habitually \
         reside, where you work or where the alleged infringement took place (Article 77 GDPR).",
    );
    text.push(' ');
    text.push_str(&if voice.on_behalf() {
        words!(
            voice.lang,
            "Für den Kunden ist die Behörde an seinem Sitz zuständig, für uns: {ways}",
            "The client is supervised by the authority at its place of establishment; the authority responsible for us is: \
             {ways}",
        )
    } else {
        words!(voice.lang, "Für uns zuständig ist: {ways}", "The authority responsible for us is: {ways}")
    });
    Draft {
        name: "authority",
        title: voice.pick("Beschwerde bei einer Aufsichtsbehörde", "Complaint to a supervisory authority"),
        lead: None,
        items: vec![Item::new("authority", "complaint", &["13(2)(d)"], text)],
    }
}

pub(super) fn automated(voice: &Voice<'_>) -> Draft {
    Draft {
        name: "automated",
        title: voice.pick("Automatisierte Entscheidungen", "Automated decision-making"),
        lead: None,
        items: vec![Item::new("automated", "decisions", &["13(2)(f)", "22(3)"], decisions(voice))],
    }
}

fn decisions(voice: &Voice<'_>) -> String {
    let lang = voice.lang;
    let known = &voice.model.automated_decisions;
    let mine = voice.purposes();
    let purpose = known.purpose.as_ref().filter(|_| known.used);
    if purpose.is_some_and(|name| !mine.iter().any(|(mine, _)| *mine == name)) {
        return voice.pick(
            "Über Sie werden keine automatisierten Entscheidungen im Sinne des Art. 22 DSGVO getroffen.",
            "No automated decisions within the meaning of Article 22 GDPR are taken about you.",
        );
    }
    let mut sentences = vec![super::voice::sentence(known.text.get(lang))];
    if let Some(purpose) = purpose.and_then(|name| voice.model.purposes.get(name)) {
        let label = purpose.label.get(lang);
        sentences.push(words!(
            lang,
            "Das geschieht zu folgendem Zweck: {label}.",
            "This serves the following purpose: {label}."
        ));
    }
    let review = known.review.as_ref().filter(|_| known.used).and_then(|name| voice.model.roles.get(name));
    if let Some(review) = review {
        let review = voice.role(review);
        sentences.push(words!(
            lang,
            "Sie können Ihren Standpunkt darlegen, die Entscheidung anfechten und verlangen, dass ein Mensch sie überprüft; \
             zuständig dafür ist {review} (Art. 22 Abs. 3 DSGVO).",
            "You may express your point of view, contest the decision and require that a human being review it; the body \
             responsible for this is {review} (Article 22(3) GDPR).",
        ));
    }
    sentences.join(" ")
}

/// Whether one of the purposes for which changes are announced may write to the audience.
fn written_to(voice: &Voice<'_>) -> bool {
    let purposes = &voice.model.policy.announce_for;
    let mut channels = voice.model.messages.values().filter(|channel| channel.audience == *voice.name);
    if purposes.is_empty() {
        voice.has_data()
    } else {
        channels.any(|it| purposes.iter().any(|p| it.purposes.contains(p)))
    }
}

pub(super) fn changes(voice: &Voice<'_>) -> Option<Draft> {
    let head = &voice.model.policy;
    let (period, url) = (say::period(head.announce?, voice.lang), &head.notice_url);
    let (mail, page) = (head.announce_by.contains(&AnnounceBy::Email), head.announce_by.contains(&AnnounceBy::Page));
    let text = match (mail && written_to(voice), page) {
        (true, true) => words!(
            voice.lang,
            "Wesentliche Änderungen dieses Hinweises werden mindestens {period} vor ihrem Inkrafttreten angekündigt, und zwar \
             per E-Mail und hier: {url}",
            "Material changes to this notice are announced at least {period} before they take effect, both by email and at \
             {url}",
        ),
        (true, false) => words!(
            voice.lang,
            "Wesentliche Änderungen dieses Hinweises werden mindestens {period} vor ihrem Inkrafttreten per E-Mail \
             angekündigt; die geltende Fassung steht hier: {url}",
            "Material changes to this notice are announced by email at least {period} before they take effect; the version \
             in force is available at {url}",
        ),
        (false, _) => words!(
            voice.lang,
            "Wesentliche Änderungen dieses Hinweises werden mindestens {period} vor ihrem Inkrafttreten hier angekündigt: \
             {url}",
            "Material changes to this notice are announced at least {period} before they take effect, at {url}",
        ),
    };
    Some(Draft {
        name: "changes",
        title: voice.pick("Änderungen dieses Hinweises", "Changes to this notice"),
        lead: None,
        items: vec![Item::new("policy", "announce", &[], text)],
    })
}
