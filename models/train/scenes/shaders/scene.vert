#version 330
in vec3 position; in vec3 normal; in vec3 colour; in vec4 material; in float printed_z;
uniform mat4 view_projection, light_projection; uniform float clip_below;
out vec3 P, N, C; out vec4 M, S; out float Z;
void main() {
  P = position; N = normal; C = colour; M = material; Z = printed_z;
  S = light_projection * vec4(position, 1);
  gl_Position = view_projection * vec4(position, 1);
  gl_ClipDistance[0] = position.z - clip_below;
}
