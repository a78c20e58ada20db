#version 330
in vec3 position; uniform mat4 light_projection;
void main() { gl_Position = light_projection * vec4(position, 1); }
