//! What is stored on devices and written to logs (s. 25 TDDDG, Art. 6(1)(f)).

use obhut_core::model::{Cookie, Log, LogAddress};

use super::{Draft, Item, Voice};
use crate::say::{self, words};

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let cookies = voice.cookies();
    let mut items: Vec<_> = cookies
        .iter()
        .map(|(name, cookie)| {
            Item::new("cookie", name, &["13(1)(c)", "13(2)(a)"], text(voice, cookie))
                .about(&format!("Cookie {}", cookie.name))
        })
        .collect();
    items.push(Item::new("cookies", "only", &[], only(voice, &cookies)));
    let logs = voice.logs();
    for (name, log) in &logs {
        let articles: &[&str] = &["13(1)(c)", "13(1)(d)", "13(2)(a)"];
        items.push(Item::new("log", name.as_str(), articles, logged(voice, log)));
    }
    let title = if !logs.is_empty() {
        voice.pick("Cookies und Serverprotokolle", "Cookies and server logs")
    } else {
        "Cookies".to_owned()
    };
    Draft { name: "devices", title, lead: None, items }
}

fn text(voice: &Voice<'_>, cookie: &Cookie) -> String {
    let lang = voice.lang;
    let (purpose, content) = (cookie.purpose.get(lang), cookie.content.get(lang));
    let keep = say::lifetime(voice.model, &cookie.keep, lang);
    let mut sentences =
        vec![words!(lang, "Zweck: {purpose}. Inhalt: {content}.", "Purpose: {purpose}. Content: {content}.")];
    sentences.push(match &cookie.consent {
        Some(consent) if cookie.session => {
            let place = voice.asked(consent);
            words!(
                lang,
                "Das Cookie gilt bis zum Schließen des Browsers und ist dafür unbedingt erforderlich (§ 25 Abs. 2 Nr. 2 \
                 TDDDG); darüber hinaus gespeichert wird es nur, wenn Sie {place} einwilligen (§ 25 Abs. 1 TDDDG, Art. 6 \
                 Abs. 1 Buchst. a DSGVO). In diesem Fall verfällt es {keep}.",
                "The cookie lasts until you close your browser, for which it is strictly necessary (section 25(2) no. 2 of \
                 the German Telecommunications Digital Services Data Protection Act (TDDDG)); it is stored beyond that \
                 only if you consent {place} (section 25(1) TDDDG, Article 6(1)(a) GDPR). In that case it expires {keep}.",
            )
        }
        Some(consent) => {
            let place = voice.asked(consent);
            words!(
                lang,
                "Das Cookie wird nur gesetzt, wenn Sie {place} einwilligen (§ 25 Abs. 1 TDDDG, Art. 6 Abs. 1 Buchst. a \
                 DSGVO).",
                "The cookie is set only if you consent {place} (section 25(1) of the German Telecommunications Digital \
                 Services Data Protection Act (TDDDG), Article 6(1)(a) GDPR).",
            )
        }
        None => voice.pick(
            "Das Cookie ist für den von Ihnen gewünschten Dienst unbedingt erforderlich (§ 25 Abs. 2 Nr. 2 TDDDG).",
            "The cookie is strictly necessary for the service you have requested (section 25(2) no. 2 of the German \
             Telecommunications Digital Services Data Protection Act (TDDDG)).",
        ),
    });
    if cookie.consent.is_none() || !cookie.session {
        sentences.push(words!(lang, "Es verfällt {keep}.", "It expires {keep}."));
    }
    sentences.join(" ")
}

fn only(voice: &Voice<'_>, cookies: &[(&str, &Cookie)]) -> String {
    if cookies.is_empty() {
        return voice.pick(
            "Es werden keine Cookies gesetzt und auch sonst keine Informationen auf Ihrem Gerät gespeichert oder von \
             dort ausgelesen, um Sie wiederzuerkennen.",
            "No cookies are set, and no other information is stored on or read from your device in order to recognise \
             you.",
        );
    }
    let mut text = voice.pick(
        "Weitere Cookies oder vergleichbare Techniken werden nicht eingesetzt.",
        "No other cookies or comparable technologies are used.",
    );
    if cookies.iter().all(|(_, cookie)| cookie.consent.is_some()) {
        text.push(' ');
        text.push_str(&voice.pick(
            "Alle Funktionen stehen Ihnen auch ohne Cookies zur Verfügung.",
            "All functions are available to you without cookies as well.",
        ));
    }
    text
}

fn logged(voice: &Voice<'_>, log: &Log) -> String {
    let kept = match (log.address != LogAddress::Never, log.metadata) {
        (false, false) => voice.pick(
            "In Serverprotokollen werden weder Ihre IP-Adresse noch Angaben zu Ihrem Browser oder Gerät gespeichert.",
            "Server logs contain neither your IP address nor any details of your browser or device.",
        ),
        (false, true) => voice.pick(
            "In Serverprotokollen wird Ihre IP-Adresse nicht gespeichert, wohl aber technische Angaben zu Ihrem Browser.",
            "Server logs do not contain your IP address, but they do contain technical details of your browser.",
        ),
        (true, false) => voice.pick(
            "In Serverprotokollen wird Ihre IP-Adresse gespeichert, nicht aber Angaben zu Ihrem Browser oder Gerät.",
            "Server logs contain your IP address, but no details of your browser or device.",
        ),
        (true, true) => voice.pick(
            "In Serverprotokollen werden Ihre IP-Adresse und technische Angaben zu Ihrem Browser gespeichert.",
            "Server logs contain your IP address and technical details of your browser.",
        ),
    };
    if log.address != LogAddress::Never {
        return kept;
    }
    let transit = if voice.on_behalf() {
        voice.pick(
            "Die IP-Adresse wird nur für die Dauer der Verbindung verwendet, um die angeforderten Inhalte an Ihr Gerät \
             zu senden (Art. 6 Abs. 1 Buchst. f DSGVO; das berechtigte Interesse liegt in der Auslieferung der Seite).",
            "Your IP address is used only for the duration of the connection, in order to send the requested content to \
             your device (Article 6(1)(f) GDPR; the legitimate interest lies in delivering the page).",
        )
    } else {
        voice.pick(
            "Die IP-Adresse verwenden wir nur für die Dauer der Verbindung, um die angeforderten Inhalte an Ihr Gerät zu \
             senden (Art. 6 Abs. 1 Buchst. f DSGVO; unser berechtigtes Interesse liegt in der Auslieferung der Seite).",
            "We use your IP address only for the duration of the connection, in order to send the requested content to \
             your device (Article 6(1)(f) GDPR; our legitimate interest lies in delivering the page).",
        )
    };
    format!("{kept} {transit}")
}
