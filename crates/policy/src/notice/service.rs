//! Systems of ours, and what pages load from others (Art. 13(1)(e), s. 25 TDDDG).

use obhut_core::model::{Loads, Service};

use super::{Draft, Item, Voice, recipient};
use crate::say::{self, words};

pub(super) fn section(voice: &Voice<'_>) -> Option<Draft> {
    let items: Vec<_> = voice
        .services()
        .into_iter()
        .map(|(name, service)| {
            let articles: &[&str] = if service.provider.is_some() { &["13(1)(c)", "13(1)(e)"] } else { &["13(1)(c)"] };
            Item::new("service", name.as_str(), articles, text(voice, service)).about(service.label.get(voice.lang))
        })
        .collect();
    let title = voice.pick("Dienste und eingebundene Inhalte", "Services and embedded content");
    let lead = voice.pick(
        "Ihre Daten werden in den folgenden Diensten verarbeitet; von anderen Anbietern wird nichts geladen als das, was \
         hier genannt ist.",
        "Your data are processed in the following services; nothing is loaded from other providers beyond what is stated \
         here.",
    );
    let lead = if voice.has_data() {
        lead
    } else {
        voice.pick(
            "Von anderen Anbietern wird nichts geladen als das, was hier genannt ist.",
            "Nothing is loaded from other providers beyond what is stated here.",
        )
    };
    (!items.is_empty()).then_some(Draft { name: "services", title, lead: Some(lead), items })
}

fn text(voice: &Voice<'_>, service: &Service) -> String {
    let lang = voice.lang;
    let provider = service.provider.as_ref().and_then(|name| voice.model.recipients.get(name));
    let mut sentences = vec![match provider {
        Some(provider) => {
            let term = recipient::term(voice, provider);
            words!(lang, "Anbieter: {term}.", "Provider: {term}.")
        }
        None => voice.pick("Ein System von uns.", "A system of our own."),
    }];
    let known = provider.and_then(|provider| provider.country.as_ref());
    if let Some(country) = service.country.as_ref().filter(|country| known != Some(*country)) {
        let place = say::in_country(country, lang);
        sentences.push(words!(lang, "Betrieben wird der Dienst {place}.", "The service is operated {place}."));
    }
    if !service.hosts.is_empty() {
        let hosts: Vec<_> = service.hosts.iter().map(|host| host.trim_start_matches('.')).collect();
        let hosts = say::list(&hosts, lang);
        sentences.push(match (provider.is_some() && service.loads.is_some(), service.hosts.len()) {
            (true, _) => words!(lang, "Geladen von: {hosts}.", "Loaded from: {hosts}."),
            (false, 1) => words!(lang, "Adresse im Internet: {hosts}.", "Internet address: {hosts}."),
            (false, _) => words!(lang, "Adressen im Internet: {hosts}.", "Internet addresses: {hosts}."),
        });
    }
    let labels = voice.labels(&service.data);
    if !labels.is_empty() {
        sentences.push(words!(lang, "Verarbeitete Daten: {labels}.", "Data processed: {labels}."));
    }
    let mine = voice.purposes();
    let purposes: Vec<_> = service
        .purposes
        .iter()
        .filter(|name| service.data.is_empty() || mine.iter().any(|(known, _)| known == name))
        .collect();
    if !purposes.is_empty() {
        let one = purposes.len() == 1;
        let (_, list) = voice.purposes_and_list(purposes);
        sentences.push(if one {
            words!(lang, "Zweck: {list}.", "Purpose: {list}.")
        } else {
            words!(lang, "Zwecke: {list}.", "Purposes: {list}.")
        });
    }
    sentences.extend(loaded(voice, service));
    sentences.join(" ")
}

/// When it is loaded.
fn loaded(voice: &Voice<'_>, service: &Service) -> Option<String> {
    let lang = voice.lang;
    let place = service.consent.as_ref().map(|consent| voice.asked(consent));
    let before = if service.provider.is_some() {
        voice.pick(
            "; bis dahin wird nichts an den Anbieter übermittelt.",
            "; until then, nothing is transmitted to the provider.",
        )
    } else {
        ".".to_owned()
    };
    Some(match (service.loads, place) {
        (Some(Loads::Always), _) => voice.pick(
            "Der Dienst wird mit jeder Seite geladen, die ihn enthält.",
            "The service is loaded with every page that contains it.",
        ),
        (Some(Loads::Click), None) => words!(
            lang,
            "Der Dienst wird erst geladen, wenn Sie ihn selbst auf der Seite aufrufen{before}",
            "The service is loaded only once you open it yourself on the page{before}",
        ),
        (Some(Loads::Click), Some(place)) => words!(
            lang,
            "Der Dienst wird erst geladen, wenn Sie {place} eingewilligt haben und ihn selbst auf der Seite \
             aufrufen{before}",
            "The service is loaded only once you have consented {place} and open it yourself on the page{before}",
        ),
        (Some(Loads::Consent), Some(place)) => words!(
            lang,
            "Der Dienst wird erst geladen, wenn Sie {place} eingewilligt haben{before}",
            "The service is loaded only once you have consented {place}{before}",
        ),
        (Some(Loads::Consent), None) => words!(
            lang,
            "Der Dienst wird erst geladen, wenn Sie eingewilligt haben{before}",
            "The service is loaded only once you have consented{before}",
        ),
        (None, Some(place)) => words!(
            lang,
            "Der Dienst erhält Ihre Daten nur, wenn Sie {place} eingewilligt haben.",
            "The service receives your data only if you have consented {place}.",
        ),
        (None, None) => return None,
    })
}
