//! What is left on a visitor's device.

use std::collections::{BTreeSet, VecDeque};

use async_trait::async_trait;
use obhut_core::{model::Lang, promise::Outcome};
use obhut_engine::{
    Error,
    promises::Promise,
    prove::{Check, Stage, When},
};

use super::{
    in_business,
    login::{leave, log_in},
    markup::tags,
    played,
    shopper::{Shopper, form},
    verdict,
    visitor::{Seen, Visitor},
};

/// How many pages are walked through from one start.
const WALK: usize = 60;

/// What a script would need to remember somebody.
const STORES: [&str; 6] = ["document.cookie", "localStorage", "sessionStorage", "indexedDB", "cookieStore", "caches."];

/// The pages for everybody.
async fn public(stage: &Stage<'_>) -> Result<Vec<String>, Error> {
    let mut paths: Vec<String> = ["/", "/status", "/status.json", "/nothing-here"].map(str::to_owned).to_vec();
    for lang in Lang::ALL {
        let notice = |audience| format!("/notice/{audience}?lang={}", lang.tag());
        paths.extend(stage.published.audiences.keys().map(notice));
        paths.extend(in_business(stage).await?.into_iter().map(|tenant| form(tenant, lang)));
    }
    Ok(paths)
}

/// A path of our own site: neither another host nor another scheme.
fn is_ours(href: &str) -> bool {
    href.starts_with('/') && !href.starts_with("//") && !href.starts_with("/\\")
}

/// What on a page would let somebody be followed: whatever it loads from elsewhere, and scripts that remember.
async fn follows(visitor: &Visitor, seen: &Seen) -> Option<String> {
    for tag in tags(&seen.body) {
        let loads = match tag.name.as_str() {
            "script" | "img" | "iframe" | "audio" | "video" | "source" | "embed" | "track" | "input" => tag.get("src"),
            "link" => tag.get("href"),
            "object" => tag.get("data"),
            _ => None,
        };
        if let Some(elsewhere) = loads.filter(|href| !is_ours(href) && !href.starts_with("data:")) {
            return Some(format!("loads <{}> from {elsewhere}", tag.name));
        }
        if tag.names().any(|name| name == "ping" || name.starts_with("on")) {
            return Some(format!("has a script on <{}>", tag.name));
        }
        if tag.name == "script" {
            let Some(source) = tag.get("src") else { return Some("has a script of its own".to_owned()) };
            let script = visitor.get(source).await;
            if let Some(store) = STORES.iter().find(|store| script.body.contains(*store)) {
                return Some(format!("has a script that uses {store}"));
            }
        }
    }
    None
}

/// Nobody is recognised before entering anything.
pub(super) struct NoTracking(pub(super) Visitor);

#[async_trait]
impl Check for NoTracking {
    fn name(&self) -> &'static str {
        "no-tracking-before-entry"
    }

    fn when(&self) -> When {
        When::End
    }

    fn live(&self) -> bool {
        true
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let visitor = &self.0;
        let paths = public(stage).await?;
        let mut failures = Vec::new();
        for path in &paths {
            let seen = visitor.get(path).await;
            // An address of a page of a tenant would be too long for a line of evidence.
            let page = path.split('?').next().unwrap_or(path);
            if !seen.cookies().is_empty() {
                failures.push(format!("{page} sets a cookie"));
            }
            if seen.headers.contains_key("etag") && !path.starts_with("/assets/") {
                failures.push(format!("{page} marks what the browser keeps"));
            }
            failures.extend(follows(visitor, &seen).await.map(|how| format!("{page} {how}")));
            // Two visitors get the same form: nothing in it tells them apart later.
            if path.starts_with("/embed/") && visitor.get(path).await.body != seen.body {
                failures.push(format!("{page} is not the same for two visitors"));
            }
        }
        let held = format!("{} pages: no cookie, no script that stores, nothing from elsewhere", paths.len());
        Ok(verdict(failures, paths.len(), held, "no page"))
    }
}

/// No cookie but the declared ones, on whatever page.
pub(super) struct OnlyDeclared(pub(super) Visitor);

#[async_trait]
impl Check for OnlyDeclared {
    fn name(&self) -> &'static str {
        "only-declared-cookies"
    }

    fn when(&self) -> When {
        When::End
    }

    fn live(&self) -> bool {
        true
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let declared: BTreeSet<&str> = stage.published.cookies.values().map(|cookie| cookie.name.as_str()).collect();
        let mut walk = Walk { declared, failures: Vec::new(), pages: 0 };
        let mut starts = public(stage).await?;
        starts.extend(["/client/login", "/client/basic", "/client/", "/demo/pages.json"].map(str::to_owned));
        walk.through(&self.0, starts).await;
        for tenant in played(stage) {
            let shopper = Shopper::new(stage);
            let done = shopper.order(&self.0, tenant.id, Lang::De, None).await;
            shopper.leave(stage, tenant).await?;
            walk.look(&self.0, "the confirmation of an order", &done).await;
            for remember in [false, true] {
                let (answer, inside) = log_in(&self.0, stage.published, &tenant.secret, remember).await;
                walk.look(&self.0, "the log-in", &answer).await;
                if let Some(inside) = inside {
                    walk.through(&inside, vec!["/client/".into()]).await;
                    let left = leave(&inside).await;
                    walk.look(&inside, "the log-out", &left).await;
                }
            }
        }
        let held = format!("{} pages walked through: no cookie but {}", walk.pages, names(&walk.declared));
        Ok(verdict(walk.failures, walk.pages, held, "no page"))
    }
}

fn names(declared: &BTreeSet<&str>) -> String {
    if declared.is_empty() { "none".into() } else { declared.iter().copied().collect::<Vec<_>>().join(", ") }
}

/// A walk along the links of pages.
struct Walk<'a> {
    declared: BTreeSet<&'a str>,
    failures: Vec<String>,
    pages: usize,
}

impl Walk<'_> {
    async fn through(&mut self, visitor: &Visitor, starts: Vec<String>) {
        let mut known: BTreeSet<String> = starts.iter().cloned().collect();
        let mut queue: VecDeque<String> = starts.into();
        let mut walked = 0;
        while let Some(path) = queue.pop_front().filter(|_| walked < WALK) {
            walked += 1;
            let seen = visitor.get(&path).await;
            let page = path.split('?').next().unwrap_or(&path).to_owned();
            self.look(visitor, &page, &seen).await;
            for tag in tags(&seen.body).iter().filter(|tag| tag.name == "a") {
                let href = tag.get("href").and_then(|href| href.split('#').next()).unwrap_or_default();
                if is_ours(href) && known.insert(href.to_owned()) {
                    queue.push_back(href.to_owned());
                }
            }
        }
    }

    async fn look(&mut self, visitor: &Visitor, page: &str, seen: &Seen) {
        self.pages += 1;
        for cookie in seen.cookies() {
            if !self.declared.contains(cookie.name.as_str()) {
                self.failures.push(format!("{page} sets the cookie {}, which is not declared", cookie.name));
            }
        }
        self.failures.extend(follows(visitor, seen).await.map(|how| format!("{page} {how}")));
    }
}
