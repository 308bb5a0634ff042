//! The notices of the five deployments, as they are published: a change of a policy or of the renderer shows here, in the
//! words that people read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::{fs, path::Path};

use obhut_core::model::Lang;
use obhut_policy::{
    Source, Sources,
    notice::{Notice, markdown},
};

const DEPLOYMENTS: [&str; 5] = ["configurator", "residents", "vendor", "fleet", "hoster"];

/// The notices of all audiences, one after the other.
fn notices(folder: &Path, lang: Lang) -> String {
    let text = fs::read_to_string(folder.join("policy.toml")).unwrap();
    let loaded = obhut_policy::load(&Sources(vec![Source { name: "policy.toml".into(), text }]));
    let model = loaded.model.unwrap_or_else(|| panic!("{}: {:?}", folder.display(), loaded.diagnostics));
    let notices = model.audiences.keys().filter_map(|audience| Notice::of(&model, audience, lang));
    notices.map(|notice| markdown::write(&notice)).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_notices_of_all_deployments_are_those_on_record() {
    // After a change: OBHUT_WRITE=1 cargo test -p obhut-policy --test notices; then read the difference.
    let write = std::env::var_os("OBHUT_WRITE").is_some();
    let mut changed = Vec::new();
    for name in DEPLOYMENTS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments").join(name);
        for lang in Lang::ALL {
            let file = folder.join(format!("notice.{}.md", lang.tag()));
            let text = notices(&folder, lang);
            if write {
                fs::write(&file, &text).unwrap();
            } else if fs::read_to_string(&file).ok().as_ref() != Some(&text) {
                changed.push(format!("{name}/notice.{}.md", lang.tag()));
            }
        }
    }
    assert!(changed.is_empty(), "no longer what is on record: {}", changed.join(", "));
}
