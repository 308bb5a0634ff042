//! The notices as they are published.

use std::collections::BTreeSet;

use async_trait::async_trait;
use obhut_core::{
    id::AudienceName,
    model::{Lang, Model},
    promise::Outcome,
};
use obhut_engine::{
    Error,
    promises::Promise,
    prove::{Check, Stage, When},
};

use super::{
    anchors::{fixed, of_tables, table_ids},
    markup::{ids, tags, text},
    verdict,
    visitor::Visitor,
};

/// Each audience sees what concerns it, all of it, and nothing of another's.
pub(super) struct NoticePerAudience(pub(super) Visitor);

#[async_trait]
impl Check for NoticePerAudience {
    fn name(&self) -> &'static str {
        "notice-per-audience"
    }

    fn when(&self) -> When {
        When::End
    }

    fn live(&self) -> bool {
        true
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let mut looked = 0;
        for audience in stage.published.audiences.keys() {
            for lang in Lang::ALL {
                let shown = shown(&self.0, audience, lang).await;
                let expected = of_tables(stage.published, audience);
                let found = table_ids(&shown.ids);
                looked += found.len();
                let of = format!("the notice for {audience} ({})", lang.tag());
                failures.extend(found.difference(&expected).map(|id| format!("{of} shows {id}, which is not its own")));
                failures.extend(expected.difference(&found).map(|id| format!("{of} lacks {id}")));
                if shown.status != 200 {
                    failures.push(format!("{of} answers {}", shown.status));
                }
            }
        }
        let audiences = stage.published.audiences.len();
        let held = format!("{looked} entries in the notices for {audiences} audiences, each in its own and no other");
        Ok(verdict(failures, looked, held, "no audience"))
    }
}

/// German and English have the same items, and all of them.
pub(super) struct NoticeBothLanguages(pub(super) Visitor);

#[async_trait]
impl Check for NoticeBothLanguages {
    fn name(&self) -> &'static str {
        "notice-both-languages"
    }

    fn when(&self) -> When {
        When::End
    }

    fn live(&self) -> bool {
        true
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let mut looked = 0;
        for audience in stage.published.audiences.keys() {
            let mut sets = Vec::new();
            for lang in Lang::ALL {
                let shown = shown(&self.0, audience, lang).await;
                let of = format!("the notice for {audience} ({})", lang.tag());
                let mut expected = of_tables(stage.published, audience);
                expected.extend(fixed(stage.published, audience));
                failures.extend(expected.difference(&shown.ids).map(|id| format!("{of} lacks {id}")));
                if !shown.in_lang {
                    failures.push(format!("{of} is not marked as {}", lang.tag()));
                }
                let missing = texts(stage.published, audience, lang).into_iter().find(|text| !shown.says(text));
                failures.extend(missing.map(|text| format!("{of} does not say “{text}”")));
                looked += shown.ids.len();
                sets.push(shown.ids);
            }
            let mut sets = sets.iter();
            if let (Some(de), Some(en)) = (sets.next(), sets.next()) {
                failures
                    .extend(de.symmetric_difference(en).map(|id| format!("only one language of {audience} has {id}")));
            }
        }
        let held = format!("{looked} items, the same in German and English");
        Ok(verdict(failures, looked, held, "no audience"))
    }
}

/// The texts of the policy that the notice for an audience has to say in a language.
fn texts<'a>(model: &'a Model, audience: &AudienceName, lang: Lang) -> Vec<&'a str> {
    let of_class = |class: &&obhut_core::model::DataClass| class.audience == *audience;
    let classes = model.data.values().filter(of_class).map(|class| class.label.get(lang));
    let own = |class| model.data.get(class).is_some_and(|class| class.audience == *audience);
    let purposes = model.purposes.values().filter(move |purpose| purpose.data.iter().any(own));
    let consents = model.consents.values().filter(|consent| consent.audiences.contains(audience));
    classes
        .chain(purposes.map(|purpose| purpose.label.get(lang)))
        .chain(consents.map(|consent| consent.text.get(lang)))
        .collect()
}

/// A notice as a reader sees it.
struct Shown {
    status: u16,
    ids: BTreeSet<String>,
    in_lang: bool,
    text: String,
}

impl Shown {
    /// Whether the text occurs; at the beginning of a line its first letter is a capital.
    fn says(&self, text: &str) -> bool {
        self.text.contains(&text.to_lowercase())
    }
}

/// The article of a notice with its status. The rest of the page is not looked at.
pub(super) async fn article(visitor: &Visitor, audience: &AudienceName, lang: Lang) -> (u16, String) {
    let seen = visitor.get(&format!("/notice/{audience}?lang={}", lang.tag())).await;
    let article = seen.body.split_once("<article").and_then(|(_, rest)| rest.split_once("</article>"));
    let article = article.map_or_else(String::new, |(article, _)| format!("<article{article}"));
    (seen.status.as_u16(), article)
}

async fn shown(visitor: &Visitor, audience: &AudienceName, lang: Lang) -> Shown {
    let (status, article) = article(visitor, audience, lang).await;
    let in_lang = tags(&article).first().is_some_and(|tag| tag.is("lang", lang.tag()));
    Shown { status, ids: ids(&article), in_lang, text: text(&article).to_lowercase() }
}
