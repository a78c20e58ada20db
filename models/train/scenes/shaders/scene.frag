#version 330
// Colours arrive as sRGB and are lit in linear light; the camera (camera.py) exposes and encodes them.
// `paint` is the surface's own colour, one branch a member of mesh.Surface. `main` lights it: one sun-like key light with a
// soft shadow map, one fill light, a two-tone sky, Blinn-Phong highlights and, on the bed, a mirror image drawn beforehand.
in vec3 P, N, C; in vec4 M, S; in float Z;
uniform vec3 eye, key_dir, key_light, fill_dir, fill_light, sky_light, ground_light;
uniform sampler2DShadow shadow; uniform sampler2D bed_texture, decals, mirror;
uniform float mirror_strength, mirror_blur, shadow_blur, layer_height; uniform vec2 pixels, bed_size; uniform vec4 infill; uniform int mirrored; uniform float camera_light, camera_reach;
layout(location = 0) out vec4 light; layout(location = 1) out float label;

float hash(vec2 q) { return fract(sin(dot(q, vec2(12.9898, 78.233))) * 43758.5453); }
float noise(vec2 q) {
  vec2 i = floor(q), f = fract(q); f = f * f * (3 - 2 * f);
  return mix(mix(hash(i), hash(i + vec2(1, 0)), f.x), mix(hash(i + vec2(0, 1)), hash(i + vec2(1, 1)), f.x), f.y);
}
float cells(vec3 q) {  // distance to the nearest wall between random cells (Worley 1996)
  vec3 i = floor(q), f = fract(q); float first = 9., second = 9.;
  for (int x = -1; x <= 1; x++) for (int y = -1; y <= 1; y++) for (int z = -1; z <= 1; z++) {
    vec3 c = vec3(x, y, z), k = i + c;
    vec3 at = c + vec3(hash(k.xy + k.z * 7.1), hash(k.yz + k.x * 3.7), hash(k.zx + k.y * 5.3)) - f;
    float d = dot(at, at); if (d < first) { second = first; first = d; } else second = min(second, d);
  }
  return sqrt(second) - sqrt(first);
}
float grid(vec2 q) { vec2 d = abs(fract(q) - .5); return max(d.x, d.y) * 2.; }  // 1 on the lines of a unit grid

vec3 open_top(float pitch) {  // the infill of a part in the making: infill = (cos, sin, pitch, pattern)
  vec2 r = vec2(P.x * infill.x + P.y * infill.y, -P.x * infill.y + P.y * infill.x) / pitch;
  float line;
  if (infill.w < .5) line = grid(r);
  else if (infill.w < 1.5) line = max(max(abs(fract(r.x) - .5), abs(fract(r.x * .5 + r.y * .866) - .5)), abs(fract(r.x * .5 - r.y * .866) - .5)) * 2.;
  else if (infill.w < 2.5) line = abs(fract(r.y + .35 * sin(r.x * 6.283)) - .5) * 2.;
  else return C * (.86 + .14 * abs(sin(r.x * 19.)));  // solid top: raster lines
  float w = fwidth(r.x) + fwidth(r.y);
  return C * mix(mix(.22, 1., smoothstep(.66, .8, line)), .55, clamp(w * 1.4 - .3, 0., 1.));
}

float starved(vec3 n, float k) {  // brightness of a wall or top whose lines are thin, broken or missing; k: how much is
  bool flat_top = abs(n.z) > .85;
  vec2 r = flat_top ? vec2(P.x * infill.x + P.y * infill.y, -P.x * infill.y + P.y * infill.x) : vec2(P.x * 1.1 + P.y * 1.3, Z);
  float q = r.y / max(layer_height, flat_top ? .1 : .06), row = floor(q), coarse = clamp(fwidth(q) * 1.2 - .3, 0., 1.);
  float region = noise(vec2(r.x * .5, q * .09) + k * 37.), torn = noise(vec2(r.x * 3.5 + row * 17., row * 7.1));
  float missing = smoothstep(-.06, .06, k * 1.15 - .55 * torn - .3 * hash(vec2(row, 8.)) - .55 * region);
  float between = smoothstep(.12, .3, abs(fract(q) - .5)) * step(.12, hash(vec2(row, 5.))) + step(hash(vec2(row, 5.)), .12);
  float dark = missing * mix(min(between, 1.), .55, coarse);
  return mix(1. + .14 * (noise(vec2(r.x * 9., q * 2.)) - .5), mix(.1, .3, hash(vec2(row, 2.))), dark);
}

vec3 paint(inout vec3 n) {
  int surface = int(M.y + .5); float k = M.z; vec3 c = C;
  if (surface == 1 || surface == 7 || surface == 8 || surface == 10 || surface == 11) {
    float a = Z / layer_height, depth = surface == 1 ? k : .25;
    depth *= clamp(1.3 - fwidth(a) * 1.6, 0., 1.);
    if (abs(n.z) < .8) { n.z += depth * sin(a * 6.2832); n = normalize(n); }
    c *= .94 + .12 * (hash(vec2(floor(a), 3.)) - .5) * depth * 2. + .07 * (noise(P.xy * 3. + Z) - .5);
  }
  if (surface == 7) { vec2 q = vec2(P.x * .8 + P.y * .6, Z) / k; q.x += .5 * mod(floor(q.y), 2.); c *= mix(.12, 1., smoothstep(.26, .33, length(fract(q) - .5))); }
  if (surface == 8) { vec2 q = vec2(P.x * .8 + P.y * .6, Z) / k; c *= mix(.1, 1., smoothstep(.44, .6, grid(vec2(q.x + q.y, q.x - q.y)))); }
  if (surface == 11) c *= mix(1., .08, smoothstep(.16, .24, cells(vec3(P.xy, Z) / k)));
  if (surface == 9) c = open_top(k);
  if (surface == 10) c *= starved(n, k);
  if (surface == 2) { vec2 uv = P.xy / bed_size + .5; c = texture(bed_texture, uv).rgb * (1. + k * (hash(floor(P.xy * 24.)) - .5) + k * .6 * (noise(P.xy * 7.) - .5)); }
  if (surface == 3) c = texture(decals, C.xy).rgb;
  if (surface == 4) c *= (.75 + .4 * noise(P.xy * k + P.z * k * 1.7)) * (.88 + .22 * noise(P.xz * k * 5.));
  if (surface == 6) c *= .55 + .5 * abs(sin((P.z * 3. + P.x * 2.1) * k));
  return pow(max(c, 0.), vec3(2.2));
}

float lit() {  // share of the key light that reaches the surface
  vec3 q = S.xyz / S.w * .5 + .5;
  if (mirrored == 1 || min(q.x, q.y) < 0. || max(q.x, q.y) > 1.) return 1.;
  float sum = 0., reach = .0009 * (1. + shadow_blur * 3.); q.z -= .0035;
  float turn = hash(gl_FragCoord.xy) * 1.57; mat2 spin = mat2(cos(turn), sin(turn), -sin(turn), cos(turn));
  for (int i = -1; i <= 1; i += 2) for (int j = -1; j <= 1; j += 2) {
    sum += texture(shadow, vec3(q.xy + spin * vec2(i, j) * reach, q.z)) + texture(shadow, vec3(q.xy + spin * vec2(i, j) * reach * .45, q.z)); }
  return sum / 8.;
}

void main() {
  vec3 n = normalize(N), v = normalize(eye - P); if (dot(n, v) < 0) n = -n;
  int surface = int(M.y + .5); float gloss = M.x; vec3 c = paint(n);
  label = M.w / 255.;
  if (surface == 5) { light = vec4(c * 2.2, 1); return; }
  float s = lit(), power = mix(10., 120., gloss);
  float open = surface == 2 ? 1. : mix(.5, 1., clamp(P.z * .55 + .35, 0., 1.));  // less sky close to the bed
  vec3 h0 = normalize(key_dir + v), h1 = normalize(fill_dir + v);
  vec3 diffuse = mix(ground_light, sky_light, n.z * .5 + .5) * open + key_light * max(dot(n, key_dir), 0.) * s + fill_light * max(dot(n, fill_dir), 0.);
  vec3 shine = key_light * s * pow(max(dot(n, h0), 0.), power) + fill_light * pow(max(dot(n, h1), 0.), power);
  if (camera_light > 0.) {  // falls off with the square of the distance, hot in the middle of the picture
    vec2 off = gl_FragCoord.xy / pixels - .5; float far = max(distance(eye, P), 4.) / camera_reach;
    float lamp = camera_light * (.12 + .88 * exp(-4.5 * dot(off, off))) / (far * far);
    float facing = max(dot(n, v), 0.); diffuse += lamp * facing; shine += lamp * pow(facing, power);
  }
  vec3 r = c * diffuse + gloss * (.2 + gloss) * .6 * shine + gloss * .1 * sky_light * pow(1. - max(dot(n, v), 0.), 4.);
  if (surface == 2 && mirrored == 0 && mirror_strength > 0) {
    vec2 u = gl_FragCoord.xy / pixels; vec3 seen = vec3(0);
    for (int i = -2; i <= 2; i++) for (int j = -1; j <= 1; j++) seen += texture(mirror, u + vec2(j, i) * mirror_blur).rgb;
    float share = mirror_strength + (1. - mirror_strength) * .6 * pow(1. - max(dot(n, v), 0.), 4.);
    r = mix(r, seen / 15., clamp(share, 0., .9));
  }
  light = vec4(r, 1);
}
