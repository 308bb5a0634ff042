//! The policies of the deployments are valid and without any finding.

use jiff::civil::date;
use obhut_policy::{Sources, diagnostic, load_at};

#[test]
fn deployment_policies_have_no_findings() {
    let deployments = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments");
    let mut seen = 0;
    for deployment in std::fs::read_dir(deployments).unwrap() {
        let path = deployment.unwrap().path().join("policy.toml");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let sources = Sources::one(path.display().to_string(), text);
        let loaded = load_at(&sources, Some(date(2026, 11, 1)));
        assert_eq!(diagnostic::render(&loaded.diagnostics, &sources, false), "");
        assert!(loaded.model.is_some());
        seen += 1;
    }
    assert!(seen > 0, "no deployment has a policy");
}
