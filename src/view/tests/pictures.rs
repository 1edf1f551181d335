use super::*;
#[test]
fn look() {
    for (name, mut m) in [("starting", fixture::starting()), ("failed", fixture::failed()), ("ready", fixture::ready())]
    {
        for s in SIZES {
            println!("==== {name} {s:?}\n{}", shown(&mut m, s));
        }
        for key in ["2", "3", "4", "7"] {
            crate::app::fixture::press(&mut m, key);
            println!("==== {name} tab {key}\n{}", shown(&mut m, (120, 30)));
        }
    }
    let _ = styles(&mut fixture::ready(), (80, 24));
}
