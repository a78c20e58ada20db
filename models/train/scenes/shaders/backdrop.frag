#version 330
in vec2 uv; uniform sampler2D backdrop; uniform float brightness;
layout(location = 0) out vec4 light; layout(location = 1) out float label;
void main() { light = vec4(pow(texture(backdrop, uv).rgb, vec3(2.2)) * brightness, 1); label = 0; }
