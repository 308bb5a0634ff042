//! Every check holds on the pages as they are, and fails on pages that break its promise.

use std::sync::{Arc, LazyLock};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header},
    middleware::{Next, from_fn},
    response::IntoResponse as _,
};
use obhut_core::{model::Model, promise::State};
use obhut_engine::{
    promises::{self, By},
    rehearse::{Report, scenario},
};
use obhut_policy::{Sources, load};
use obhut_store::sqlite::SqliteStore;
use tower::ServiceExt as _;

use crate::rehearsal::Rehearsal;

const POLICY: &str = include_str!("../../../../deployments/configurator/policy.toml");
const PEOPLE: &str = include_str!("../../../../deployments/configurator/people.toml");
const PROMISES: &str = include_str!("../../../../deployments/configurator/promises.toml");

static MODEL: LazyLock<Arc<Model>> = LazyLock::new(|| Arc::new(model(POLICY)));

fn model(policy: &str) -> Model {
    let loaded = load(&Sources::one("policy.toml", policy));
    loaded.model.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
}

/// A short rehearsal of the promises with one of these checks.
async fn rehearse(checks: &[&str], running: Arc<Model>, distort: fn(Router) -> Router) -> Report {
    rehearse_published(checks, Arc::clone(&MODEL), running, distort).await
}

async fn rehearse_published(
    checks: &[&str],
    published: Arc<Model>,
    running: Arc<Model>,
    distort: fn(Router) -> Router,
) -> Report {
    let scenario = scenario::parse(PEOPLE).unwrap();
    let mut promises = promises::parse(PROMISES).unwrap();
    promises.retain(|promise| matches!(&promise.by, By::Check(name) if checks.contains(&name.as_str())));
    assert_eq!(promises.len(), checks.len());
    let scratch = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let mut rehearsal = Rehearsal::new(published, store, (&scenario, &promises), scratch.path());
    rehearsal.running = running;
    rehearsal.until = Some("2026-02-04T13:00:00Z".parse().unwrap());
    rehearsal.distort = distort;
    rehearsal.run().await.unwrap()
}

/// The check says that its promise is broken, and why.
async fn fails(check: &str, because: &str, distort: fn(Router) -> Router) {
    let report = rehearse(&[check], Arc::clone(&MODEL), distort).await;
    let standing = report.promises.values().next().unwrap();
    assert_eq!(standing.state, State::Broken, "{check}: {}", standing.evidence);
    assert!(standing.evidence.contains(because), "{check}: {}", standing.evidence);
}

/// The same where the pages run another policy than the published one.
async fn fails_on(check: &str, because: &str, from: &str, to: &str) {
    assert!(POLICY.contains(from), "{from}");
    let running = Arc::new(model(&POLICY.replacen(from, to, 1)));
    let report = rehearse(&[check], running, |router| router).await;
    let standing = report.promises.values().next().unwrap();
    assert_eq!(standing.state, State::Broken, "{check}: {}", standing.evidence);
    assert!(standing.evidence.contains(because), "{check}: {}", standing.evidence);
}

/// The promise that these sentences make is kept on the pages as they are, and broken on the distorted ones.
async fn fails_making(check: &str, makes: &[&str], because: &str, distort: fn(Router) -> Router) {
    let scenario = scenario::parse(PEOPLE).unwrap();
    let mut promise = promises::parse(PROMISES).unwrap().remove(0);
    promise.by = By::Check(check.to_owned());
    promise.makes = makes.iter().map(|anchor| (*anchor).into()).collect();
    let promises = [promise];
    for (state, distort) in [(State::Kept, (|router| router) as fn(Router) -> Router), (State::Broken, distort)] {
        let scratch = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::in_memory().unwrap());
        let mut rehearsal = Rehearsal::new(Arc::clone(&MODEL), store, (&scenario, &promises), scratch.path());
        rehearsal.until = Some("2026-02-02T13:00:00Z".parse().unwrap());
        rehearsal.distort = distort;
        let report = rehearsal.run().await.unwrap();
        let standing = report.promises.values().next().unwrap();
        assert_eq!(standing.state, state, "{check}: {}", standing.evidence);
        assert!(state == State::Kept || standing.evidence.contains(because), "{check}: {}", standing.evidence);
    }
}

/// Pages whose answers are changed on the way.
fn answering(router: Router, change: fn(&str, &mut HeaderMap, String) -> String) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| async move {
        let at = format!("{} {}", request.method(), request.uri());
        let (mut parts, body) = next.run(request).await.into_parts();
        let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        parts.headers.remove(header::CONTENT_LENGTH);
        let text = change(&at, &mut parts.headers, text);
        Response::from_parts(parts, Body::from(text))
    }))
}

/// Pages that get other fields than were sent.
fn sent(router: Router, change: fn(&str, String) -> String) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| async move {
        if request.method() != Method::POST {
            return next.run(request).await;
        }
        let at = request.uri().path().to_owned();
        let (mut parts, body) = request.into_parts();
        let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        parts.headers.remove(header::CONTENT_LENGTH);
        next.run(Request::from_parts(parts, Body::from(change(&at, text)))).await
    }))
}

/// Pages found under other addresses.
fn moved(router: Router, change: fn(String) -> String) -> Router {
    Router::new().fallback_service(router.map_request(move |mut request: Request| {
        *request.uri_mut() = change(request.uri().to_string()).parse::<Uri>().unwrap();
        request
    }))
}

fn cookie(headers: &mut HeaderMap, value: &'static str) {
    headers.append(header::SET_COOKIE, HeaderValue::from_static(value));
}

/// Changes the text of every cookie that is set.
fn recooked(headers: &mut HeaderMap, change: impl Fn(&str) -> String) {
    let cookies: Vec<String> =
        headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_owned()).collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, change(&cookie).parse().unwrap());
    }
}

#[tokio::test]
async fn all_checks_hold_on_the_pages_as_they_are() {
    let checks = [
        "notice-per-audience",
        "notice-both-languages",
        "form-links-notice",
        "aborted-form-leaves-nothing",
        "opt-in-not-ticked",
        "address-not-logged",
        "metadata-not-stored",
        "no-tracking-before-entry",
        "only-declared-cookies",
        "remember-only-if-ticked",
        "cookie-is-a-token",
        "embeds-anywhere",
        // Whatever these checks store they erase again: otherwise there would be strangers in the list.
        "list-complete",
        "download-complete",
        "only-declared",
    ];
    let report = rehearse(&checks, Arc::clone(&MODEL), |router| router).await;
    for (id, standing) in &report.promises {
        assert_eq!(standing.state, State::Kept, "{id}: {}", standing.evidence);
    }
}

#[tokio::test]
async fn notices_of_another_audience_are_found_out() {
    fails("notice-per-audience", "not its own", |router| {
        moved(router, |uri| uri.replace("/notice/shopper", "/notice/client"))
    })
    .await;
    fails("notice-per-audience", "shows data.client-account", |router| {
        answering(router, |at, _, text| {
            if at.contains("/notice/shopper") {
                text.replace("</article>", "<p id=\"data.client-account\">x</p></article>")
            } else {
                text
            }
        })
    })
    .await;
    fails_on("notice-per-audience", "message.", "[message.shopper]", "[message.buyer]").await;
}

#[tokio::test]
async fn languages_that_say_different_things_are_found_out() {
    fails("notice-both-languages", "retain.shopper", |router| {
        answering(
            router,
            |at, _, text| {
                if at.contains("lang=en") { text.replace("id=\"retain.shopper\"", "") } else { text }
            },
        )
    })
    .await;
    fails("notice-both-languages", "is not marked as en", |router| {
        moved(router, |uri| uri.replace("lang=en", "lang=de"))
    })
    .await;
    fails("notice-both-languages", "does not say", |router| {
        answering(router, |_, _, text| {
            text.replace("maintaining the client", "watching the client")
                .replace("Maintaining the client", "Watching the client")
        })
    })
    .await;
}

#[tokio::test]
async fn a_page_that_does_not_say_what_is_promised_is_found_out() {
    let makes = ["retain.shopper", "notice.retention", "rights.withdrawal"];
    fails_making("said-in-notice", &makes, "does not say retain.shopper", |router| {
        answering(router, |_, _, text| text.replace("id=\"retain.shopper\"", ""))
    })
    .await;
    fails_making("said-in-notice", &makes, "says something else at retain.shopper", |router| {
        answering(router, |_, _, text| text.replace("14 Tage", "40 Tage").replace("14 days", "40 days"))
    })
    .await;
    fails_making("said-in-notice", &["retain.shopper"], "does not say", |router| {
        answering(router, |at, _, text| if at.contains("lang=en") { String::new() } else { text })
    })
    .await;
}

#[tokio::test]
async fn a_notice_without_its_version_is_found_out() {
    fails_making("notice-versioned", &["notice.controller"], "the hash of its rules", |router| {
        answering(router, |_, _, text| text.replace(&MODEL.policy.hash.to_string(), "0"))
    })
    .await;
    fails_making("notice-versioned", &["notice.controller"], "from when it applies", |router| {
        answering(router, |_, _, text| text.replace("1. Februar 2026", "bald"))
    })
    .await;
    fails_making("notice-versioned", &["notice.controller"], "not made for printing", |router| {
        answering(router, |_, _, text| text.replace("@media print", "@media speech"))
    })
    .await;
}

#[tokio::test]
async fn a_cookie_that_is_not_listed_as_declared_is_found_out() {
    fails_making("cookies-declared", &["cookie.remember"], "does not say the name", |router| {
        answering(router, |_, _, text| text.replace("obhut_login", "obhut_other"))
    })
    .await;
    fails_making("cookies-declared", &["cookie.remember"], "does not say the purpose", |router| {
        answering(router, |_, _, text| text.replace("nmeldung auf diesem Gerät", "onstiges"))
    })
    .await;
    fails_making("cookies-declared", &["cookie.remember"], "does not list the cookie", |router| {
        answering(router, |_, _, text| text.replace("id=\"cookie.remember\"", ""))
    })
    .await;
}

#[tokio::test]
async fn a_form_without_the_notice_is_found_out() {
    fails("form-links-notice", "does not link to the notice", |router| {
        answering(router, |at, _, text| if at.contains("/embed/") { text.replace("/notice/", "/about/") } else { text })
    })
    .await;
    fails("form-links-notice", "accepts a form that does not refer", |router| {
        sent(router, |at, fields| {
            if !at.starts_with("/embed/") {
                return fields;
            }
            let others: Vec<_> = fields.split('&').filter(|field| !field.starts_with("notice=")).collect();
            format!("{}&notice={}", others.join("&"), MODEL.policy.hash)
        })
    })
    .await;
    fails("form-links-notice", "does not carry the version", |router| {
        answering(router, |at, _, text| {
            if at.starts_with("GET /embed/") { text.replace("name=\"notice\"", "name=\"other\"") } else { text }
        })
    })
    .await;
    // The pages run a policy that is not the published one: version, link and record are of the other.
    fails_on("form-links-notice", "notice", "version    = \"3.0\"", "version    = \"3.1\"").await;
}

#[tokio::test]
async fn traces_of_an_aborted_form_are_found_out() {
    fails("aborted-form-leaves-nothing", "stored a person", |router| {
        sent(router, |at, fields| {
            if at.starts_with("/embed/") && !fields.contains("&name=") {
                format!("{fields}&name=Somebody")
            } else {
                fields
            }
        })
    })
    .await;
    fails("aborted-form-leaves-nothing", "sets a cookie", |router| {
        answering(router, |at, headers, text| {
            if at.starts_with("GET /embed/") {
                cookie(headers, "visit=1");
            }
            text
        })
    })
    .await;
}

#[tokio::test]
async fn consent_that_nobody_gave_is_found_out() {
    fails("opt-in-not-ticked", "ticks a box", |router| {
        answering(router, |_, _, text| text.replace("type=\"checkbox\"", "type=\"checkbox\" checked"))
    })
    .await;
    fails("opt-in-not-ticked", "ticks a box", |router| {
        answering(router, |at, _, text| {
            if at.starts_with("POST") { text.replace("type=\"checkbox\"", "type=\"checkbox\" checked") } else { text }
        })
    })
    .await;
    fails("opt-in-not-ticked", "nobody gave", |router| {
        sent(router, |_, fields| format!("{fields}&consent=keep-my-data"))
    })
    .await;
    fails("opt-in-not-ticked", "no sufficient proof", |router| {
        sent(router, |_, fields| fields.replace("consent=keep-my-data", "consent=other"))
    })
    .await;
    fails("opt-in-not-ticked", "no sufficient proof", |router| {
        sent(router, |_, fields| fields.replace("lang=en", "lang=de"))
    })
    .await;
    fails_on("opt-in-not-ticked", "in its own words", "ohne zeitliche Begrenzung", "für immer").await;
}

/// The same where what runs differs from the published policy in what no policy file could say.
async fn fails_running(check: &str, because: &str, change: fn(&mut Model)) {
    let mut running = model(POLICY);
    change(&mut running);
    let report = rehearse(&[check], Arc::new(running), |router| router).await;
    let standing = report.promises.values().next().unwrap();
    assert_eq!(standing.state, State::Broken, "{check}: {}", standing.evidence);
    assert!(standing.evidence.contains(because), "{check}: {}", standing.evidence);
}

#[tokio::test]
async fn logged_addresses_and_metadata_are_found_out() {
    use obhut_core::model::LogAddress;
    fails_running("address-not-logged", "stands in the log", |model| {
        model.logs.get_mut("visitor").unwrap().address = LogAddress::Full;
    })
    .await;
    fails_running("metadata-not-stored", "browser", |model| model.logs.get_mut("shopper").unwrap().metadata = true)
        .await;
    fails_running("metadata-not-stored", "address", |model| {
        model.logs.get_mut("shopper").unwrap().address = LogAddress::Full;
    })
    .await;
}

#[tokio::test]
async fn tracking_is_found_out() {
    fails("no-tracking-before-entry", "sets a cookie", |router| {
        answering(router, |at, headers, text| {
            if at.contains("/notice/") {
                cookie(headers, "obhut_login=visit; Max-Age=60");
            }
            text
        })
    })
    .await;
    fails("no-tracking-before-entry", "loads <img> from https://count.example/1.gif", |router| {
        answering(router, |_, _, text| {
            text.replace("</main>", "<img src=\"https://count.example/1.gif\" alt=\"\"></main>")
        })
    })
    .await;
    fails("no-tracking-before-entry", "script of its own", |router| {
        answering(router, |_, _, text| text.replace("</main>", "<script>localStorage.id=1</script></main>"))
    })
    .await;
    fails("no-tracking-before-entry", "uses localStorage", |router| {
        answering(router, |at, _, text| {
            if at.contains("/assets/x.js") {
                "localStorage.id = 1".into()
            } else {
                text.replace("</main>", "<script src=\"/assets/x.js\"></script></main>")
            }
        })
    })
    .await;
    fails("no-tracking-before-entry", "not the same for two visitors", |router| {
        answering(router, |_, _, text| {
            static VISITS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
            let visit = VISITS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            text.replace("</main>", &format!("<input type=\"hidden\" name=\"v\" value=\"{visit}\"></main>"))
        })
    })
    .await;
}

#[tokio::test]
async fn an_undeclared_cookie_is_found_out_on_any_page() {
    fails("only-declared-cookies", "/client/receipts sets the cookie seen", |router| {
        answering(router, |at, headers, text| {
            if at.contains("/client/receipts") {
                cookie(headers, "seen=1");
            }
            text
        })
    })
    .await;
    fails("only-declared-cookies", "the confirmation of an order sets the cookie", |router| {
        answering(router, |at, headers, text| {
            if at.starts_with("POST /embed/") {
                cookie(headers, "customer=1");
            }
            text
        })
    })
    .await;
    fails_on("only-declared-cookies", "sets the cookie obhut_staff", "\"obhut_login\"", "\"obhut_staff\"").await;
}

#[tokio::test]
async fn a_log_in_that_lasts_otherwise_is_found_out() {
    fails("remember-only-if-ticked", "without the tick is remembered", |router| {
        answering(router, |_, headers, text| {
            recooked(
                headers,
                |cookie| if cookie.contains("Max-Age") { cookie.into() } else { format!("{cookie}; Max-Age=60") },
            );
            text
        })
    })
    .await;
    fails("remember-only-if-ticked", "does not last", |router| {
        answering(router, |_, headers, text| {
            recooked(headers, |cookie| cookie.split("; Max-Age").next().unwrap().to_owned());
            text
        })
    })
    .await;
    fails("remember-only-if-ticked", "does not last", |router| {
        answering(router, |_, headers, text| {
            recooked(headers, |cookie| cookie.replace("Max-Age=3", "Max-Age=9"));
            text
        })
    })
    .await;
    fails("remember-only-if-ticked", "does not work without a cookie", |router| {
        router.layer(from_fn(|request: Request, next: Next| async move {
            if request.headers().contains_key(header::AUTHORIZATION) {
                return StatusCode::UNAUTHORIZED.into_response();
            }
            next.run(request).await
        }))
    })
    .await;
    fails("remember-only-if-ticked", "ticked beforehand", |router| {
        answering(router, |_, _, text| text.replace("type=\"checkbox\"", "type=\"checkbox\" checked"))
    })
    .await;
    // Where the published policy allows no cookie without consent, one that ends with the browser is one too many.
    let strict = Arc::new(model(&POLICY.replacen("session    = true", "session    = false", 1)));
    assert!(!strict.cookies.values().any(|cookie| cookie.session));
    let report = rehearse_published(&["remember-only-if-ticked"], strict, Arc::clone(&MODEL), |router| router).await;
    let standing = report.promises.values().next().unwrap();
    assert!(standing.evidence.contains("sets a cookie"), "{}", standing.evidence);
    fails_on("remember-only-if-ticked", "does not last", "1 year after last login.use", "2 years after last login.use")
        .await;
}

#[tokio::test]
async fn a_cookie_that_is_no_token_is_found_out() {
    fails("cookie-is-a-token", "holds the key", |router| {
        router.layer(from_fn(|request: Request, next: Next| async move {
            if request.uri().path() != "/client/login" || request.method() != Method::POST {
                return next.run(request).await;
            }
            let (parts, body) = request.into_parts();
            let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
            let key = text.split('&').find_map(|field| field.strip_prefix("key=")).unwrap().to_owned();
            let mut response = next.run(Request::from_parts(parts, Body::from(text))).await;
            recooked(response.headers_mut(), |_| format!("obhut_login={key}; HttpOnly"));
            response
        }))
    })
    .await;
    fails("cookie-is-a-token", "same cookie", |router| {
        answering(router, |_, headers, text| {
            recooked(headers, |_| format!("obhut_login={}; HttpOnly", "ab".repeat(32)));
            text
        })
    })
    .await;
    fails("cookie-is-a-token", "too short", |router| {
        answering(router, |_, headers, text| {
            recooked(headers, |cookie| format!("{}; HttpOnly", cookie.get(..30).unwrap_or(cookie)));
            text
        })
    })
    .await;
    fails("cookie-is-a-token", "scripts can read", |router| {
        answering(router, |_, headers, text| {
            recooked(headers, |cookie| cookie.replace("; HttpOnly", ""));
            text
        })
    })
    .await;
    fails("cookie-is-a-token", "after the log-out", |router| {
        router.layer(from_fn(|request: Request, next: Next| async move {
            if request.uri().path() == "/client/logout" {
                return StatusCode::SEE_OTHER.into_response();
            }
            next.run(request).await
        }))
    })
    .await;
}

#[tokio::test]
async fn a_form_that_cannot_be_embedded_is_found_out() {
    fails("embeds-anywhere", "X-Frame-Options", |router| {
        answering(router, |_, headers, text| {
            headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
            text
        })
    })
    .await;
    fails("embeds-anywhere", "content security policy", |router| {
        answering(router, |_, headers, text| {
            let policy = HeaderValue::from_static("default-src 'self'; frame-ancestors 'none'");
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            text
        })
    })
    .await;
    fails("embeds-anywhere", "from the frame of another site", |router| {
        router.layer(from_fn(|request: Request, next: Next| async move {
            let foreign = request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site");
            if foreign && request.method() == Method::POST {
                return StatusCode::FORBIDDEN.into_response();
            }
            next.run(request).await
        }))
    })
    .await;
    fails("embeds-anywhere", "name both parties", |router| {
        answering(router, |_, _, text| text.replace("Example Configurator GmbH", "Somebody"))
    })
    .await;
    fails("embeds-anywhere", "inside the frame", |router| {
        answering(router, |_, _, text| text.replace("target=\"_blank\"", ""))
    })
    .await;
}
