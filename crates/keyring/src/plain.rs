//! An opened value.

use zeroize::Zeroizing;

/// A personal value in the clear. Only the keyring makes one, and only from a permit.
///
/// It is wiped when dropped and offers a single way to its content, [`Plain::expose`], so that every place where a
/// value leaves can be found by searching for that word. It cannot be printed by accident,
///
/// ```compile_fail
/// fn print(value: &obhut_keyring::Plain) -> String {
///     format!("{value:?}")
/// }
/// ```
///
/// ```compile_fail
/// fn print(value: &obhut_keyring::Plain) -> String {
///     value.to_string()
/// }
/// ```
///
/// nor serialised, nor copied, nor made up:
///
/// ```compile_fail
/// fn to_json(value: &obhut_keyring::Plain) -> String {
///     serde_json::to_string(value).unwrap()
/// }
/// ```
///
/// ```compile_fail
/// fn copy(value: &obhut_keyring::Plain) -> obhut_keyring::Plain {
///     value.clone()
/// }
/// ```
///
/// ```compile_fail
/// fn invent() -> obhut_keyring::Plain {
///     obhut_keyring::Plain::from("a".to_owned())
/// }
/// ```
///
/// This does compile, which shows that the examples above fail for their own reason:
///
/// ```
/// fn show(value: &obhut_keyring::Plain) -> String {
///     serde_json::to_string(value.expose()).unwrap()
/// }
/// ```
pub struct Plain(Zeroizing<String>);

impl Plain {
    /// The value of opened bytes, if they are text.
    pub(crate) fn new(mut bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        match String::from_utf8(std::mem::take(&mut *bytes)) {
            Ok(text) => Some(Self(Zeroizing::new(text))),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                None
            }
        }
    }

    /// The value.
    pub fn expose(&self) -> &str {
        &self.0
    }
}
