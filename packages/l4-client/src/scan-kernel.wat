;; Dot products of one vector with many that lie one after the other. Every address and $size is a multiple of 32
;; bytes: dimensions are padded with zeros. scan-kernel.ts holds the bytes; its test compiles this text.
(module
  (import "rtfs" "memory" (memory 1 16384))
  (func (export "scan") (param $query i32) (param $vector i32) (param $end i32) (param $size i32) (param $out i32)
    (local $q i32) (local $stop i32) (local $a v128) (local $b v128)
    (loop $vectors
      (local.set $q (local.get $query))
      (local.set $stop (i32.add (local.get $vector) (local.get $size)))
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $b (v128.const i32x4 0 0 0 0))
      (loop $lanes
        (local.set $a (f32x4.add (local.get $a)
          (f32x4.mul (v128.load (local.get $q)) (v128.load (local.get $vector)))))
        (local.set $b (f32x4.add (local.get $b)
          (f32x4.mul (v128.load offset=16 (local.get $q)) (v128.load offset=16 (local.get $vector)))))
        (local.set $q (i32.add (local.get $q) (i32.const 32)))
        (br_if $lanes (i32.lt_u
          (local.tee $vector (i32.add (local.get $vector) (i32.const 32)))
          (local.get $stop))))
      (local.set $a (f32x4.add (local.get $a) (local.get $b)))
      (f32.store (local.get $out)
        (f32.add
          (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
          (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $vectors (i32.lt_u (local.get $vector) (local.get $end))))))
