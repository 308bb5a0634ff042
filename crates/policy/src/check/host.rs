//! Hosts: which domains are the deployment's own, and which are nearly those.
//!
//! Two hosts are of one site if the last two labels of their names are the same: `shop.company.example` and
//! `www.company.example`. That is simpler than the list of public suffixes (`co.uk`), and errs towards "the same site".

use std::collections::BTreeSet;

use obhut_core::model::Model;

/// The host of a web address.
pub(crate) fn of_url(url: &str) -> Option<&str> {
    url.strip_prefix("https://")?.split(['/', ':', '?', '#']).next().filter(|host| !host.is_empty())
}

/// The last two labels of a host.
pub(crate) fn registrable(host: &str) -> &str {
    let host = host.trim_start_matches('.');
    let mut dots = host.rmatch_indices('.');
    match (dots.next(), dots.next()) {
        (Some(_), Some((second, _))) => host.get(second + 1..).unwrap_or(host),
        _ => host,
    }
}

/// The hosts the deployment runs: of the notice, the contact page, and of services without a provider.
fn own_hosts(model: &Model) -> impl Iterator<Item = &str> {
    let urls = [Some(model.policy.notice_url.as_str()), model.controller.contact_url.as_deref()];
    let services = model.services.values().filter(|service| service.provider.is_none());
    urls.into_iter().flatten().filter_map(of_url).chain(services.flat_map(|service| &service.hosts).map(String::as_str))
}

/// The domains of the deployment, by their last two labels.
pub(crate) fn own(model: &Model) -> BTreeSet<&str> {
    own_hosts(model).map(registrable).collect()
}

/// The host that `host` was probably meant to be: written with another sign between the labels, or with one letter
/// wrong. A host that belongs to a known domain is right.
pub(crate) fn meant(model: &Model, host: &str) -> Option<String> {
    const SHORTEST: usize = 5;
    // Nobody has more; comparing all with all of a hostile file would take long.
    const MOST: usize = 500;
    let host = host.trim_start_matches('.');
    let services = || model.services.values().flat_map(|service| &service.hosts).map(String::as_str);
    let known = || own_hosts(model).chain(services()).take(MOST);
    if known().any(|known| registrable(known) == registrable(host)) {
        return None;
    }
    let joined = |host: &str| host.trim_start_matches('.').replace('.', "-");
    // The same name in another country is another site, and no typing error.
    let near = |known: &&str| {
        let (one, other) = (registrable(known), registrable(host));
        let (Some((name, top)), Some((other_name, other_top))) = (one.split_once('.'), other.split_once('.')) else {
            return false;
        };
        let letter = name.len().abs_diff(other_name.len()) <= 1
            && name.len() >= SHORTEST
            && top == other_top
            && strsim::damerau_levenshtein(name, other_name) == 1;
        joined(known) == joined(host) || letter
    };
    known().find(near).map(str::to_owned).or_else(|| {
        let own = own(model).into_iter().find(|own| host.ends_with(&format!("-{own}")))?;
        Some(format!("{}.{own}", host.strip_suffix(own)?.trim_end_matches('-')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_labels_name_a_site() {
        for (host, expected) in [
            ("www.company.example", "company.example"),
            (".company.example", "company.example"),
            ("company.example", "company.example"),
            ("a.b.company.example", "company.example"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(registrable(host), expected);
        }
        assert_eq!(of_url("https://www.company.example/privacy"), Some("www.company.example"));
        assert_eq!(of_url("http://x"), None);
    }
}
