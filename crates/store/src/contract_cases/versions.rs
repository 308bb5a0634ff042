//! The archive of published versions of the policy.

use obhut_core::{
    change::{Change, PolicyNotice, PolicyVersion},
    id::TenantId,
    model::{Lang, PolicyHash},
};

use super::{World, cases, world::at};

cases! {
    a_version_is_kept_as_it_was_published,
    a_version_is_published_once,
    a_notice_is_the_one_of_its_version,
}

fn version(number: u8, published: i64) -> PolicyVersion {
    PolicyVersion {
        hash: PolicyHash([number; 32]),
        version: format!("{number}.0"),
        valid_from: jiff::civil::date(2026, 2, 1),
        published: at(published),
        effective: at(published + 86_400),
        material: number > 1,
        sources: vec![("policy.toml".into(), "# \"quoted\" äöü\nformat = \"obhut-policy/1\"\n".into())],
    }
}

fn publish(version: &PolicyVersion, html: &str) -> Change {
    let notice = |lang| PolicyNotice { audience: "shopper".into(), lang, html: format!("<p>{html} {lang:?}</p>\n") };
    Change::Publish { version: version.clone(), notices: vec![notice(Lang::De), notice(Lang::En)] }
}

async fn a_version_is_kept_as_it_was_published(world: World) {
    let (first, second) = (version(1, 5), version(2, 9));
    world.commit(TenantId::OPERATOR, [publish(&second, "zwei")]).await;
    world.commit(TenantId::OPERATOR, [publish(&first, "eins")]).await;
    assert_eq!(world.store.versions().await.unwrap(), [first, second]);
}

async fn a_version_is_published_once(world: World) {
    let first = version(1, 5);
    world.commit(TenantId::OPERATOR, [publish(&first, "eins")]).await;
    world.refuse(TenantId::OPERATOR, [publish(&first, "anders")]).await;
    assert_eq!(world.store.versions().await.unwrap(), std::slice::from_ref(&first));
    let kept = world.store.notice(first.hash, &"shopper".into(), Lang::De).await.unwrap();
    assert_eq!(kept.as_deref(), Some("<p>eins De</p>\n"));
}

async fn a_notice_is_the_one_of_its_version(world: World) {
    let (first, second) = (version(1, 5), version(2, 9));
    world.commit(TenantId::OPERATOR, [publish(&first, "eins")]).await;
    world.commit(TenantId::OPERATOR, [publish(&second, "zwei")]).await;
    let shown = async |version: &PolicyVersion, audience: &str, lang| {
        world.store.notice(version.hash, &audience.into(), lang).await.unwrap()
    };
    assert_eq!(shown(&first, "shopper", Lang::En).await.as_deref(), Some("<p>eins En</p>\n"));
    assert_eq!(shown(&second, "shopper", Lang::De).await.as_deref(), Some("<p>zwei De</p>\n"));
    assert_eq!(shown(&second, "visitor", Lang::De).await, None);
    assert_eq!(shown(&version(3, 1), "shopper", Lang::De).await, None);
}
