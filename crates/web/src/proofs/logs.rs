//! What is written down about who visits.

use std::net::{IpAddr, SocketAddr};

use async_trait::async_trait;
use obhut_core::{
    model::{Lang, LogAddress, Relation, RequestLog},
    promise::Outcome,
};
use obhut_engine::{
    Error,
    promises::Promise,
    prove::{Check, Stage, When},
};

use super::{
    in_business, played,
    shopper::{Shopper, audience, form},
    verdict,
    visitor::Visitor,
};

/// Addresses that nobody else in a test has (RFC 5737, RFC 3849).
const ADDRESSES: [&str; 2] = ["198.51.100.77:4711", "[2001:db8:77::4711]:4711"];

/// The visitor with an address of its own, as the connection and as a proxy would report it.
fn addressed(visitor: &Visitor, address: SocketAddr) -> Visitor {
    let ip = address.ip();
    let forwarded = if ip.is_ipv6() { format!("for=\"[{ip}]\"") } else { format!("for={ip}") };
    visitor
        .from(address)
        .with("x-forwarded-for", ip.to_string())
        .with("x-real-ip", ip.to_string())
        .with("forwarded", forwarded)
}

/// The first address that stands in a line.
fn address_in(line: &str) -> Option<IpAddr> {
    line.split(|letter: char| !letter.is_ascii_hexdigit() && letter != '.' && letter != ':').find_map(|word| {
        let word = word.trim_matches('.');
        let numeric = word.bytes().any(|byte| byte.is_ascii_digit());
        let bare = word.trim_end_matches(':').parse().ok();
        // `198.51.100.77:4711`
        let socket = || word.rsplit_once(':').and_then(|(address, _)| address.parse().ok());
        bare.or_else(socket).filter(|_| numeric)
    })
}

/// Visitors' addresses are not in the log.
pub(super) struct AddressNotLogged(pub(super) Visitor);

#[async_trait]
impl Check for AddressNotLogged {
    fn name(&self) -> &'static str {
        "address-not-logged"
    }

    fn when(&self) -> When {
        When::End
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let allowed =
            stage.published.audience_with(Relation::Visitor).map(|(name, _)| stage.published.request_log(name));
        if allowed.is_some_and(|log| matches!(log.address, LogAddress::Truncated | LogAddress::Full)) {
            return Ok(Outcome::NotRun("the policy says that addresses are logged".into()));
        }
        let mut paths: Vec<String> =
            ["/", "/status", "/status.json", "/client/login", "/client/", "/nothing-here"].map(str::to_owned).to_vec();
        paths.extend(stage.published.audiences.keys().map(|audience| format!("/notice/{audience}")));
        paths.extend(in_business(stage).await?.into_iter().map(|tenant| form(tenant, Lang::De)));
        let mut failures = Vec::new();
        let (mut requests, mut read) = (0, 0);
        for address in ADDRESSES.iter().filter_map(|address| address.parse::<SocketAddr>().ok()) {
            let visitor = addressed(&self.0, address);
            let from = visitor.lines();
            for path in &paths {
                visitor.get(path).await;
                // What is refused is logged too.
                visitor.post(path, &[]).await;
                requests += 2;
            }
            let lines = visitor.lines_after(from);
            read += lines.len();
            let told = lines.iter().any(|line| line.contains(&address.ip().to_string()) || address_in(line).is_some());
            if told {
                failures.push("an address of a visitor stands in the log".to_owned());
            }
        }
        let held = format!("{requests} requests, {read} log lines, no address in them");
        Ok(verdict(failures, requests, held, "no page"))
    }
}

/// Neither address nor browser of a shopper is in the log or anywhere in the store.
pub(super) struct MetadataNotStored(pub(super) Visitor);

#[async_trait]
impl Check for MetadataNotStored {
    fn name(&self) -> &'static str {
        "metadata-not-stored"
    }

    fn when(&self) -> When {
        When::End
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let form = audience(stage.published).filter(|_| played(stage).next().is_some());
        let visitor = stage.published.audience_with(Relation::Visitor).map(|(name, _)| name);
        let log = form.or(visitor).map(|audience| stage.published.request_log(audience));
        if form.is_none() {
            return visits(&self.0, stage, log).await;
        }
        if log.is_some_and(|log| log.metadata || log.address > LogAddress::Zero) {
            return Ok(Outcome::NotRun("the policy says that metadata is logged".into()));
        }
        let mut failures = Vec::new();
        let mut looked = 0;
        for tenant in played(stage) {
            let key = &tenant.key;
            for address in ADDRESSES.iter().filter_map(|address| address.parse::<SocketAddr>().ok()) {
                let shopper = Shopper::new(stage);
                let agent = format!("Probebrowser/9.7 ({})", shopper.email);
                let visitor = addressed(&self.0, address)
                    .with("user-agent", agent.clone())
                    .with("referer", format!("https://shop.example/{agent}"))
                    .with("sec-ch-ua", format!("\"{agent}\""));
                let from = visitor.lines();
                shopper.order(&visitor, tenant.id, Lang::De, None).await;
                let lines = visitor.lines_after(from);
                let copy = copy(stage).await;
                let stored = shopper.leave(stage, tenant).await?;
                let bytes = copy?;
                looked += usize::from(stored.is_some());

                let ip = address.ip().to_string();
                let traces = [("the browser", "Probebrowser/9.7"), ("the address", ip.as_str())];
                for (what, trace) in traces {
                    if lines.iter().any(|line| line.contains(trace)) {
                        failures.push(format!("{what} of a shopper of {key} stands in the log"));
                    }
                    if bytes.windows(trace.len()).any(|window| window == trace.as_bytes()) {
                        failures.push(format!("{what} of a shopper of {key} is stored"));
                    }
                }
                if lines.iter().any(|line| address_in(line).is_some()) {
                    failures.push(format!("an address of a shopper of {key} stands in the log"));
                }
                if bytes.is_empty() {
                    failures.push("the store could not be looked through".to_owned());
                }
                // Values are sealed: a field that should not be there would not show in the bytes.
                let undeclared = stored.iter().flat_map(|stored| &stored.records).any(|record| {
                    let class = stage.published.data.get(&record.class);
                    class.is_none_or(|class| record.sealed.iter().any(|(field, _)| !class.fields.contains(field)))
                });
                if undeclared {
                    failures.push(format!("more about a shopper of {key} is stored than is declared"));
                }
            }
        }
        let held = format!("{looked} orders: neither address nor browser in the log or in the bytes of the store");
        Ok(verdict(failures, looked, held, "no tenant in business"))
    }
}

/// The same where there is no form: neither address nor browser of whoever looks at the pages is kept.
async fn visits(visitor: &Visitor, stage: &Stage<'_>, log: Option<RequestLog>) -> Result<Outcome, Error> {
    if log.is_some_and(|log| log.metadata || log.address > LogAddress::Zero) {
        return Ok(Outcome::NotRun("the policy says that metadata is logged".into()));
    }
    let mut paths: Vec<String> = ["/", "/status", "/nothing-here"].map(str::to_owned).to_vec();
    paths.extend(stage.published.audiences.keys().map(|audience| format!("/notice/{audience}")));
    let mut failures = Vec::new();
    let mut looked = 0;
    for address in ADDRESSES.iter().filter_map(|address| address.parse::<SocketAddr>().ok()) {
        let agent = "Probebrowser/9.7";
        let visitor = addressed(visitor, address)
            .with("user-agent", agent)
            .with("referer", format!("https://search.example/{agent}"))
            .with("sec-ch-ua", format!("\"{agent}\""));
        let from = visitor.lines();
        for path in &paths {
            visitor.get(path).await;
            visitor.post(path, &[]).await;
            looked += 2;
        }
        let lines = visitor.lines_after(from);
        let bytes = copy(stage).await?;
        let ip = address.ip().to_string();
        for (what, trace) in [("the browser", agent), ("the address", ip.as_str())] {
            if lines.iter().any(|line| line.contains(trace)) {
                failures.push(format!("{what} of a visitor stands in the log"));
            }
            if bytes.is_empty() || bytes.windows(trace.len()).any(|window| window == trace.as_bytes()) {
                failures.push(format!("{what} of a visitor is stored"));
            }
        }
    }
    let held = format!("{looked} requests: neither address nor browser in the log or in the bytes of the store");
    Ok(verdict(failures, looked, held, "no page"))
}

/// The bytes of the whole store.
async fn copy(stage: &Stage<'_>) -> Result<Vec<u8>, Error> {
    let tag = stage.engine.host().ten_bytes().into_iter().fold(0_u128, |tag, byte| tag << 8 | u128::from(byte));
    let file = std::env::temp_dir().join(format!("obhut-look-{tag:x}.db"));
    let copied = stage.engine.store().copy_to(&file).await;
    let bytes = std::fs::read(&file).unwrap_or_default();
    // A copy that cannot be removed holds nothing that the store does not hold.
    let _ = std::fs::remove_file(&file);
    copied?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::address_in;

    #[test]
    fn addresses_are_found_and_times_and_paths_are_not() {
        for line in ["a 198.51.100.77 b", "from=198.51.100.77:4711", "[2001:db8:77::1]:80", "x ::1 y", "(10.0.0.1)."] {
            assert!(address_in(line).is_some(), "{line}");
        }
        for line in
            ["GET /notice/{file} 200 3ms", "2026-02-02T10:00:00Z", "obhut::engine", "version 3.0", "err-00ff: x"]
        {
            assert_eq!(address_in(line), None, "{line}");
        }
    }
}
