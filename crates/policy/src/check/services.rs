//! Services: what pages load from others waits for consent or a click; what a provider gets, its recipient lists.

use std::collections::BTreeSet;

use obhut_core::{
    id::ServiceName,
    model::{CookieCategory, Loads, Service},
};

use super::{Check, host};
use crate::diagnostic::Diagnostic;

const LOADS: &str = "s. 25(1) TDDDG, Art. 6(1)(a) GDPR: nothing of a third party before the decision (VG Hannover 10 A 5385/22, \
                     LG München I 3 O 17493/20)";

pub(super) fn run(check: &mut Check<'_>) {
    let model = check.model;
    let own = host::own(model);
    for (name, service) in &model.services {
        consent(check, name, service, &own);
        data(check, name, service);
    }
}

/// What a service of somebody else may do without being asked.
fn consent(check: &mut Check<'_>, name: &ServiceName, service: &Service, own: &BTreeSet<&str>) {
    let model = check.model;
    let path = format!("service.{name}");
    let asked = service.consent.is_some() || check.draft.places.get(&format!("{path}.consent")).is_some();
    if service.loads == Some(Loads::Consent) && !asked {
        let place = check.at(&format!("{path}.loads"));
        check.report(
            Diagnostic::error(
                "service-consent",
                &place,
                format!("[service.{name}] is loaded after consent, but names none"),
            )
            .label("which consent?")
            .help("add for example\nconsent = \"statistics\"")
            .article(LOADS),
        );
        return;
    }
    if service.loads != Some(Loads::Always) {
        return;
    }
    if let Some(consent) = &service.consent {
        let place = check.at(&format!("{path}.loads"));
        check.report(
            Diagnostic::error(
                "service-consent",
                &place,
                format!("[service.{name}] needs the consent `{consent}` and is always loaded"),
            )
            .label("loaded before anybody is asked")
            .help("write loads = \"consent\" or loads = \"click\"")
            .article(LOADS),
        );
        return;
    }
    let mut cookies = model.cookies.values().filter(|cookie| cookie.service.as_ref() == Some(name));
    let measures = cookies
        .any(|cookie| matches!(cookie.category, CookieCategory::Statistics | CookieCategory::Marketing))
        || service.purposes.iter().any(|purpose| model.purposes.get(purpose).is_some_and(|purpose| purpose.marketing));
    if measures {
        let place = check.at(&format!("{path}.loads"));
        check.report(
            Diagnostic::error(
                "service-consent",
                &place,
                format!("[service.{name}] serves statistics or advertising and is loaded without consent"),
            )
            .label("loaded before anybody is asked")
            .help("write loads = \"consent\" with its consent; a legitimate interest does not suffice")
            .article(LOADS),
        );
        return;
    }
    let foreign = service.hosts.iter().find(|host| !own.contains(host::registrable(host)));
    let (Some(provider), Some(host)) = (&service.provider, foreign) else { return };
    let told = !service.data.is_empty()
        && model
            .recipients
            .get(provider)
            .is_none_or(|recipient| service.data.iter().all(|class| recipient.data.contains(class)));
    if told {
        return;
    }
    let place = check.at(&format!("{path}.loads"));
    check.report(
        Diagnostic::warning(
            "service-consent",
            &place,
            format!("pages load [service.{name}] from `{host}` without consent, and nobody learns what [recipient.{provider}] gets"),
        )
        .label("somebody else gets every visitor's IP address")
        .help("write loads = \"click\" or \"consent\"; or, if it is strictly necessary, list in `data` what the provider gets")
        .article(LOADS),
    );
}

/// What a service gets, its provider gets.
fn data(check: &mut Check<'_>, name: &ServiceName, service: &Service) {
    let model = check.model;
    let Some(provider) = &service.provider else { return };
    let Some(recipient) = model.recipients.get(provider) else { return };
    for class in service.data.iter().filter(|class| model.data.contains_key(*class) && !recipient.data.contains(class))
    {
        let place = check.at(&format!("service.{name}.data[{class}]"));
        check.report(
            Diagnostic::error(
                "service-data",
                &place,
                format!(
                    "[service.{name}] gets [data.{class}], but its provider [recipient.{provider}] does not list it"
                ),
            )
            .label("not told to anybody")
            .help(format!("add `{class}` to `data` of [recipient.{provider}], or take it out of the service"))
            .article("Art. 13(1)(e) GDPR: the recipients"),
        );
    }
}
