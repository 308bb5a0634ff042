//! The log-in and its cookie.

use async_trait::async_trait;
use obhut_core::{
    model::{Cookie, Model},
    promise::Outcome,
    retention,
};
use obhut_engine::{
    Error,
    credentials::login_cookie,
    promises::Promise,
    prove::{Check, Stage, When},
};

use super::{
    markup::{input, ticked},
    played, verdict,
    visitor::{Seen, SetCookie, Visitor, base64},
};

const NOBODY: &str = "no tenant in business, or no log-in cookie in the policy";

/// Logs in with a key. The second is the visitor from then on, if the log-in gave a cookie.
pub(super) async fn log_in(visitor: &Visitor, model: &Model, key: &str, remember: bool) -> (Seen, Option<Visitor>) {
    let consent = login_cookie(model).and_then(|cookie| cookie.consent.as_ref()).map_or("", |name| name.as_str());
    let mut fields = vec![("key", key)];
    if remember {
        fields.push(("consent", consent));
    }
    let answer = visitor.post("/client/login", &fields).await;
    let cookies = answer.cookies();
    let inside = cookies.first().map(|cookie| visitor.with("cookie", format!("{}={}", cookie.name, cookie.value)));
    (answer, inside)
}

/// Logs out.
pub(super) async fn leave(inside: &Visitor) -> Seen {
    let page = inside.get("/client/").await;
    let token = input(&page.body, "token").unwrap_or_default();
    inside.post("/client/logout", &[("token", &token)]).await
}

/// For how many seconds the published rule lets a cookie used now live.
fn published_life(stage: &Stage<'_>, cookie: &Cookie) -> Option<i64> {
    let now = stage.now();
    let end = retention::lifetime_end(stage.published, &cookie.keep, now)?;
    Some(end.as_second() - now.as_second())
}

/// Without the tick nothing lasts, with it as long as is published, and without any cookie everything works.
pub(super) struct RememberOnlyIfTicked(pub(super) Visitor);

#[async_trait]
impl Check for RememberOnlyIfTicked {
    fn name(&self) -> &'static str {
        "remember-only-if-ticked"
    }

    fn when(&self) -> When {
        When::End
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let visitor = &self.0;
        let mut failures = Vec::new();
        let mut looked = 0;
        let Some(cookie) = login_cookie(stage.published) else { return Ok(Outcome::NotRun(NOBODY.into())) };
        let Some(life) = published_life(stage, cookie) else { return Ok(Outcome::NotRun(NOBODY.into())) };
        let as_published = |set: &SetCookie| set.max_age.is_some_and(|age| (age - life).abs() <= 86_400);
        if ticked(&visitor.get("/client/login").await.body) {
            failures.push("the box of the log-in is ticked beforehand".to_owned());
        }
        for tenant in played(stage) {
            looked += 1;
            let (answer, inside) = log_in(visitor, stage.published, &tenant.secret, false).await;
            if answer.cookies().iter().any(|set| set.lasting) {
                failures.push("a log-in without the tick is remembered".to_owned());
            }
            if !cookie.session && !answer.cookies().is_empty() {
                failures.push("a log-in without the tick sets a cookie".to_owned());
            }
            if let Some(inside) = inside {
                let used = inside.get("/client/").await;
                if used.cookies().iter().any(|set| set.lasting) {
                    failures.push("a log-in without the tick is remembered once it is used".to_owned());
                }
                leave(&inside).await;
            }

            let (answer, inside) = log_in(visitor, stage.published, &tenant.secret, true).await;
            if !answer.cookies().iter().any(|set| set.name == cookie.name && as_published(set)) {
                failures.push(format!("a log-in with the tick does not last {} days as published", life / 86_400));
            }
            if let Some(inside) = inside {
                let used = inside.get("/client/").await;
                if !used.status.is_success() {
                    failures.push("a remembered log-in does not log in".to_owned());
                }
                if !used.cookies().iter().all(as_published) {
                    failures.push("using a remembered log-in changes how long it lasts".to_owned());
                }
                leave(&inside).await;
            }

            let basic =
                visitor.with("authorization", format!("Basic {}", base64(&format!("client:{}", tenant.secret))));
            for page in ["/client/", "/client/receipts", "/client/end", "/client/download.json"] {
                let seen = basic.get(page).await;
                if !seen.status.is_success() {
                    failures.push(format!("{page} does not work without a cookie"));
                }
                if !seen.cookies().is_empty() {
                    failures.push(format!("{page} sets a cookie although nobody wants one"));
                }
            }
        }
        let held =
            format!("clients logged in: {looked}; remembered for {} days with the tick and not without", life / 86_400);
        Ok(verdict(failures, looked, held, NOBODY))
    }
}

/// What the browser holds is a random token that can be revoked, and never the key.
pub(super) struct CookieIsToken(pub(super) Visitor);

#[async_trait]
impl Check for CookieIsToken {
    fn name(&self) -> &'static str {
        "cookie-is-a-token"
    }

    fn when(&self) -> When {
        When::End
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let visitor = &self.0;
        let mut failures = Vec::new();
        let mut looked = 0;
        for tenant in played(stage) {
            let mut seen: Vec<String> = Vec::new();
            for remember in [false, true, true] {
                let (answer, inside) = log_in(visitor, stage.published, &tenant.secret, remember).await;
                for cookie in answer.cookies() {
                    looked += 1;
                    failures.extend(tells_key(&cookie.value, &tenant.secret).map(str::to_owned));
                    if digits(&cookie.value) < 64 {
                        failures.push("the cookie is too short to be a random token of 256 bits".to_owned());
                    }
                    if !cookie.http_only {
                        failures.push("scripts can read the cookie".to_owned());
                    }
                    if seen.contains(&cookie.value) {
                        failures.push("two log-ins have the same cookie".to_owned());
                    }
                    seen.push(cookie.value);
                }
                if let Some(inside) = inside {
                    leave(&inside).await;
                    if inside.get("/client/").await.status.is_success() {
                        failures.push("a cookie still logs in after the log-out".to_owned());
                    }
                }
            }
            if seen.is_empty() {
                failures.push("logging in gives no cookie".to_owned());
            }
        }
        let held = format!("{looked} cookies: random, different each time, refused after the log-out");
        Ok(verdict(failures, looked, held, NOBODY))
    }
}

/// How many hexadecimal digits a value has.
fn digits(value: &str) -> usize {
    value.bytes().filter(u8::is_ascii_hexdigit).count()
}

/// Whether a value tells the key: as it is, without its prefix, in another writing, or as its hash.
fn tells_key(value: &str, key: &str) -> Option<&'static str> {
    let secret = key.strip_prefix("obh_").unwrap_or(key);
    let value = value.to_lowercase();
    let backwards: String = secret.chars().rev().collect();
    let hash =
        obhut_keyring::sha256(key.as_bytes()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let encoded = base64(key).trim_end_matches('=').to_lowercase();
    let told = [secret.to_lowercase(), backwards, encoded];
    if told.iter().any(|form| value.contains(form.as_str())) {
        return Some("the cookie holds the key");
    }
    value.contains(&hash).then_some("the cookie is a hash of the key")
}
