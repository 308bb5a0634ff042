use std::net::{Ipv4Addr, SocketAddr};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request},
};

use crate::testing::{Answer, Web, configurator};

fn request(method: Method, path: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("user-agent", "Probe/1 \"x\"");
    if let Some(extensions) = request.extensions_mut() {
        extensions.insert(ConnectInfo(SocketAddr::from((Ipv4Addr::new(203, 0, 113, 9), 4711))));
    }
    request.body(Body::empty()).unwrap()
}

async fn get(web: &Web, path: &str) -> Answer {
    web.send(request(Method::GET, path)).await
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let web = Web::new().await;
    for path in ["/api/v1/promises", "/api/v1/nowhere", "/nowhere", "/demo/nowhere"] {
        let answer = get(&web, path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        assert_eq!(policy.contains("frame-src 'self' http://localhost:*"), path.starts_with("/demo/"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert!(answer.header("permissions-policy").contains("geolocation=()"));
    }
    let answer = get(&web, "/embed/nowhere").await;
    assert!(answer.header("content-security-policy").ends_with("frame-ancestors *"));
    assert_eq!(answer.header("x-frame-options"), "");
    assert_eq!(answer.header("cross-origin-opener-policy"), "");
}

#[tokio::test]
async fn what_changes_something_has_to_come_from_here() {
    let web = Web::new().await;
    for (site, origin, passes) in [
        (None, None, true),
        (Some("same-origin"), Some("https://obhut.example"), true),
        (Some("same-origin"), None, true),
        (Some("same-origin"), Some("null"), true),
        (Some("cross-site"), Some("null"), false),
        (None, Some("https://obhut.example"), true),
        (Some("cross-site"), None, false),
        (Some("same-site"), None, false),
        (Some("none"), None, false),
        (None, Some("https://evil.example"), false),
        (None, Some("https://obhut.example.evil.example"), false),
        (None, Some("null"), false),
        (Some("same-origin"), Some("https://evil.example"), false),
    ] {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            for (path, free) in [("/api/v1/keys", false), ("/nowhere", false), ("/embed/nowhere", true)] {
                let mut request = request(method.clone(), path);
                let headers = request.headers_mut();
                headers.insert("host", "obhut.example".parse().unwrap());
                if let Some(site) = site {
                    headers.insert("sec-fetch-site", site.parse().unwrap());
                }
                if let Some(origin) = origin {
                    headers.insert("origin", origin.parse().unwrap());
                }
                let answer = web.send(request).await;
                let stopped = answer.text.contains("/problems/cross-site");
                assert_eq!(!stopped, passes || free, "{method} {path} {site:?} {origin:?}");
                assert_eq!(stopped, answer.status == 403, "{}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn a_line_names_the_route_and_nobody() {
    let web = Web::new().await;
    let (tenant, _) = web.tenant("Alpha GmbH").await;
    get(&web, &format!("/api/v1/tenants/{tenant}/people/anna?purpose=secret")).await;
    get(&web, "/anna@mail.example").await;
    get(&web, "/embed/anna/nowhere/at/all").await;
    let lines = web.log.lines();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("GET /api/v1/tenants/{tenant}/people/{person} 401 "), "{}", lines[0]);
    assert!(lines[0].ends_with("ms"), "{}", lines[0]);
    assert!(lines[1].starts_with("GET - 404 "), "{}", lines[1]);
    for line in lines {
        assert!(!line.contains("203.0.113.9") && !line.contains("Probe") && !line.contains("anna"), "{line}");
    }
}

#[tokio::test]
async fn the_policy_says_what_a_line_may_hold() {
    let visitor = "[log.visitor]\naudiences = [\"visitor\"]\naddress   = \"never\"\nmetadata  = false";
    let policy = configurator();
    assert!(policy.contains(visitor));
    let cases = [
        ("full", false, " address=203.0.113.9"),
        ("truncated", false, " address=203.0.113.0"),
        ("zero", false, " address=0"),
        ("never", true, ""),
    ];
    for (address, metadata, written) in cases {
        let says = format!(
            "[log.visitor]\naudiences = [\"visitor\"]\nkeep      = \"within 7 days after login.use\"\npurposes  = [\"run-service\"]\naddress   = \"{address}\"\nmetadata  = {metadata}"
        );
        let web = Web::of(&policy.replace(visitor, &says)).await;
        get(&web, "/nowhere").await;
        get(&web, "/embed/nowhere").await;
        let lines = web.log.lines();
        let found = lines[0].split_inclusive(' ').find(|word| word.starts_with("address="));
        assert_eq!(found.map(str::trim), written.trim().split(' ').find(|word| !word.is_empty()), "{}", lines[0]);
        assert_eq!(lines[0].contains(" agent=\"Probe/1 \\\"x\\\"\""), metadata, "{}", lines[0]);
        assert!(!lines[1].contains("203.0") && !lines[1].contains("Probe"), "a shopper's line: {}", lines[1]);
    }
}

#[tokio::test]
async fn what_a_page_links_is_there() {
    let web = Web::new().await;
    let page = get(&web, "/").await.text;
    let links: Vec<_> = page.split('"').filter(|link| link.starts_with("/assets/")).collect();
    assert!(links.iter().any(|link| link.contains(".css")), "the page has a stylesheet");
    for link in links {
        let answer = get(&web, link).await;
        assert_eq!(answer.status, 200, "{link}");
        assert!(answer.header("cache-control").contains("immutable"), "{link}");
    }
}
