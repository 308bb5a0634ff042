//! What is written to server logs (Art. 6(1)(f), 5(1)(c)), and where shipped copies of them lie.

use obhut_core::{
    model::{Log, LogAddress, LogKind, LogMail, Relation},
    rule::Rule,
};

use super::{Draft, Item, Voice, backup, term, voice::serves};
use crate::say::{self, words};

pub(super) fn section(voice: &Voice<'_>) -> Option<Draft> {
    let logs = voice.logs();
    if logs.is_empty() {
        return None;
    }
    let mut delivery = true;
    let mut items = Vec::new();
    for (name, log) in &logs {
        let articles: &[&str] = &["13(1)(c)", "13(1)(d)", "13(2)(a)"];
        let mut item = Item::new("log", name.as_str(), articles, text(voice, log, delivery));
        delivery &= !serves(log) || log.address != LogAddress::Never;
        if logs.len() > 1 {
            item = item.about(&say::list(&servers(voice, log, Form::Term), voice.lang));
        }
        items.push(item);
    }
    items.extend(backup::places_of_logs(voice));
    Some(Draft { name: "logs", title: voice.pick("Serverprotokolle", "Server logs"), lead: None, items })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// "Webserver".
    Term,
    /// "der Webserver", "the web servers"; German in the genitive plural.
    Genitive,
}

fn servers(voice: &Voice<'_>, log: &Log, form: Form) -> Vec<String> {
    let name = |kind: &LogKind| match (kind, form) {
        (LogKind::Web, Form::Term) => voice.pick("Webserver", "web servers"),
        (LogKind::Web, Form::Genitive) => voice.pick("der Webserver", "the web servers"),
        (LogKind::Mail, Form::Term) => voice.pick("Mailserver", "mail servers"),
        (LogKind::Mail, Form::Genitive) => voice.pick("der Mailserver", "the mail servers"),
        (LogKind::Dns, Form::Term) => voice.pick("Nameserver", "name servers"),
        (LogKind::Dns, Form::Genitive) => voice.pick("der Nameserver", "the name servers"),
        (LogKind::Application, Form::Term) => voice.pick("Anwendung", "application"),
        (LogKind::Application, Form::Genitive) => voice.pick("der Anwendung", "the application"),
        (LogKind::Security, Form::Term) => voice.pick("Sicherheitssysteme", "security systems"),
        (LogKind::Security, Form::Genitive) => voice.pick("der Sicherheitssysteme", "the security systems"),
    };
    log.kinds.iter().map(name).collect()
}

fn text(voice: &Voice<'_>, log: &Log, delivery: bool) -> String {
    let lang = voice.lang;
    let mut sentences = vec![contents(voice, log)];
    let silent = log.address == LogAddress::Never && log.mail == LogMail::Never && !log.metadata;
    if log.address == LogAddress::Never && delivery && serves(log) {
        sentences.push(transit(voice));
    }
    sentences.extend(mail(voice, log));
    if let Some(fields) = &log.fields {
        let names: Vec<_> = fields.iter().map(|field| say::field(voice.model, field.as_str(), lang)).collect();
        let names = say::enumeration(&names, lang);
        sentences.push(words!(
            lang,
            "Jede Zeile enthält genau diese Angaben: {names}.",
            "Every line contains exactly these details: {names}.",
        ));
    }
    if !log.purposes.is_empty() {
        let purposes = voice.for_purposes(&log.purposes);
        sentences.push(words!(
            lang,
            "Ausgewertet werden die Zeilen nur {purposes}.",
            "The lines are evaluated only {purposes}.",
        ));
    }
    if let Some(keep) = &log.keep {
        sentences.push(kept(voice, keep));
    }
    if let Some(class) = log.attacks.as_ref().and_then(|class| voice.model.data.get(class)) {
        let label = class.label.get(lang);
        sentences.push(words!(
            lang,
            "Zeilen, in denen ein Angriff erkannt wird, werden stattdessen gesondert gespeichert: {label}.",
            "Lines in which an attack is detected are instead stored separately: {label}.",
        ));
    }
    match &log.join {
        Some(consent) => {
            let place = voice.asked(consent);
            sentences.push(words!(
                lang,
                "Mit anderen Daten über Sie werden die Zeilen nur verknüpft, wenn Sie {place} eingewilligt haben (Art. 6 \
                 Abs. 1 Buchst. a DSGVO).",
                "The lines are linked with other data about you only if you have consented {place} (Article 6(1)(a) GDPR).",
            ));
        }
        None if !silent => sentences.push(voice.pick(
            "Mit anderen Daten über Sie werden die Zeilen nicht verknüpft.",
            "The lines are not linked with other data about you.",
        )),
        None => {}
    }
    if let Some(inspect) = &log.inspect {
        sentences.push(inspected(voice, inspect.get(lang).trim()));
    }
    if log.tenant_settings {
        sentences.push(match voice.audience.relation {
            Relation::Tenant => voice.pick(
                "Was die Protokolle Ihrer eigenen Websites enthalten, können Sie selbst einstellen.",
                "You can set yourself what the logs of your own websites contain.",
            ),
            Relation::SubjectOfTenant => voice.pick(
                "Was die Protokolle seiner eigenen Websites enthalten, kann der Kunde selbst einstellen.",
                "The client can set itself what the logs of its own websites contain.",
            ),
            _ => voice.pick(
                "Was die Protokolle ihrer eigenen Websites enthalten, können unsere Kunden selbst einstellen.",
                "Our clients can set themselves what the logs of their own websites contain.",
            ),
        });
    }
    sentences.join(" ")
}

/// What becomes of the address of the device, and of what the browser says about itself.
fn contents(voice: &Voice<'_>, log: &Log) -> String {
    let lang = voice.lang;
    let servers = say::list(&servers(voice, log, Form::Genitive), lang);
    let ours = if log.kinds == [LogKind::Web] {
        voice.pick("Serverprotokollen", "Server logs")
    } else {
        words!(lang, "den Protokollen {servers}", "The logs of {servers}")
    };
    match (log.address, log.metadata) {
        (LogAddress::Never, false) => words!(
            lang,
            "In {ours} werden weder Ihre IP-Adresse noch Angaben zu Ihrem Browser oder Gerät gespeichert.",
            "{ours} contain neither your IP address nor any details of your browser or device.",
        ),
        (LogAddress::Never, true) => words!(
            lang,
            "In {ours} wird Ihre IP-Adresse nicht gespeichert, wohl aber technische Angaben zu Ihrem Browser.",
            "{ours} do not contain your IP address, but they do contain technical details of your browser.",
        ),
        (LogAddress::Zero, false) => words!(
            lang,
            "In {ours} steht anstelle Ihrer IP-Adresse eine 0; Angaben zu Ihrem Browser oder Gerät werden nicht \
             gespeichert.",
            "{ours} contain a 0 in place of your IP address and no details of your browser or device.",
        ),
        (LogAddress::Zero, true) => words!(
            lang,
            "In {ours} steht anstelle Ihrer IP-Adresse eine 0; technische Angaben zu Ihrem Browser werden gespeichert.",
            "{ours} contain a 0 in place of your IP address, and technical details of your browser.",
        ),
        (LogAddress::Truncated, false) => words!(
            lang,
            "In {ours} wird Ihre IP-Adresse nur gekürzt gespeichert, nämlich ohne ihre letzte Stelle; Angaben zu Ihrem \
             Browser oder Gerät werden nicht gespeichert.",
            "{ours} contain your IP address only in truncated form, without its last part, and no details of your browser \
             or device.",
        ),
        (LogAddress::Truncated, true) => words!(
            lang,
            "In {ours} werden Ihre IP-Adresse, gekürzt um ihre letzte Stelle, und technische Angaben zu Ihrem Browser \
             gespeichert.",
            "{ours} contain your IP address without its last part, and technical details of your browser.",
        ),
        (LogAddress::Full, false) => words!(
            lang,
            "In {ours} wird Ihre IP-Adresse gespeichert, nicht aber Angaben zu Ihrem Browser oder Gerät.",
            "{ours} contain your IP address, but no details of your browser or device.",
        ),
        (LogAddress::Full, true) => words!(
            lang,
            "In {ours} werden Ihre IP-Adresse und technische Angaben zu Ihrem Browser gespeichert.",
            "{ours} contain your IP address and technical details of your browser.",
        ),
    }
}

/// The address that is used and not written.
fn transit(voice: &Voice<'_>) -> String {
    if voice.on_behalf() {
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
    }
}

/// What becomes of e-mail addresses; said where a log could hold one.
fn mail(voice: &Voice<'_>, log: &Log) -> Option<String> {
    Some(match log.mail {
        LogMail::Never if log.kinds.contains(&LogKind::Mail) => {
            voice.pick("E-Mail-Adressen werden nicht gespeichert.", "Email addresses are not stored.")
        }
        LogMail::Never => return None,
        LogMail::Masked => voice.pick(
            "Anstelle von E-Mail-Adressen steht dort nur „x@x“.",
            "In place of email addresses they contain only “x@x”.",
        ),
        LogMail::Full => voice.pick("Auch E-Mail-Adressen werden gespeichert.", "Email addresses are stored as well."),
    })
}

fn kept(voice: &Voice<'_>, keep: &Rule) -> String {
    let lang = voice.lang;
    if let Rule::Until(..) = keep {
        let until = say::rule(voice.model, keep, lang);
        return words!(
            lang,
            "Die Zeilen werden {until} gespeichert und danach gelöscht.",
            "The lines are stored {until} and then erased.",
        );
    }
    let (moment, comma) = (say::moment(voice.model, keep, lang), term::comma(voice, keep));
    words!(lang, "Die Zeilen werden {moment}{comma} gelöscht.", "The lines are erased {moment}.")
}

/// When single lines are looked at: a sentence of the policy, or what continues ours.
fn inspected(voice: &Voice<'_>, when: &str) -> String {
    if when.ends_with('.') {
        return when.to_owned();
    }
    words!(voice.lang, "Einzelne Zeilen werden {when} eingesehen.", "Individual lines are inspected {when}.",)
}
